//! What the lists hold: drugs, services, diagnoses.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ledger::{DiagnosisKind, Footnote, TwoDisease};
use cunyi_domain::money::{Quantity, Rounding, UnitPrice, div_round};
use cunyi_domain::text_enum;

use crate::order::{Frequency, Route};

text_enum! {
    /// Class of an item in the insurance list 收费项目等级. The texts are `chrgitm_lv`
    /// (nhsa-interface §3).
    pub enum Class {
        /// 甲类: wholly in scope.
        A = "01",
        /// 乙类: a part is paid first by the patient (先行自付).
        B = "02",
        /// 丙类 (自费): not in the list, the patient pays all.
        C = "03",
    }
}

impl Class {
    /// The character on paper: 甲, 乙, 丙.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::A => "甲",
            Self::B => "乙",
            Self::C => "丙",
        }
    }
}

text_enum! {
    /// Where an item's code comes from.
    pub enum CodeSource {
        /// Read in an official national list.
        National = "national",
        /// Made from the 2001 price code by the rule `00` + nine digits + four zeros; the list that
        /// would confirm it was not at hand.
        Derived = "derived",
        /// Our own number. It always holds a `-`, which no national code does, so that the two
        /// cannot be mistaken for one another.
        Own = "own",
    }
}

text_enum! {
    /// What kind of drug.
    pub enum DrugKind {
        /// 西药, not injected.
        Western = "western",
        /// 中成药.
        Patent = "patent",
        /// 注射剂, western.
        Injection = "injection",
        /// 中药饮片, sold by the gram.
        Pieces = "pieces",
    }
}

impl DrugKind {
    /// The fee category `med_chrgitm_type` (nhsa-interface §3): 09 西药费, 10 中药饮片费, 11 中成药费.
    pub const fn charge_type(self) -> &'static str {
        match self {
            Self::Western | Self::Injection => "09",
            Self::Pieces => "10",
            Self::Patent => "11",
        }
    }
}

text_enum! {
    /// Groups of drugs that share an allergy.
    pub enum AllergyGroup {
        /// 青霉素类
        Penicillins = "penicillins",
        /// 头孢菌素类
        Cephalosporins = "cephalosporins",
        /// 磺胺类
        Sulfonamides = "sulfonamides",
        /// 大环内酯类
        Macrolides = "macrolides",
        /// 喹诺酮类
        Quinolones = "quinolones",
        /// 氨基糖苷类
        Aminoglycosides = "aminoglycosides",
        /// 四环素类
        Tetracyclines = "tetracyclines",
        /// 林可酰胺类
        Lincosamides = "lincosamides",
        /// 硝基咪唑类
        Nitroimidazoles = "nitroimidazoles",
        /// 唑类抗真菌药
        Azoles = "azoles",
        /// 非甾体抗炎药 (阿司匹林 among them)
        Nsaids = "nsaids",
        /// 吡唑酮类 (氨基比林)
        Pyrazolones = "pyrazolones",
        /// 巴比妥类
        Barbiturates = "barbiturates",
        /// 酰胺类局部麻醉药
        LocalAnaesthetics = "local-anaesthetics",
        /// 异种血清 (破伤风抗毒素)
        Antisera = "antisera",
        /// 血管紧张素转换酶抑制剂 (ACEI)
        AceInhibitors = "ace-inhibitors",
        /// 他汀类
        Statins = "statins",
        /// 碘
        Iodine = "iodine",
        /// 乙醇 (藿香正气水)
        Alcohol = "alcohol",
    }
}

impl AllergyGroup {
    /// The name on a page.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Penicillins => "青霉素类",
            Self::Cephalosporins => "头孢菌素类",
            Self::Sulfonamides => "磺胺类",
            Self::Macrolides => "大环内酯类",
            Self::Quinolones => "喹诺酮类",
            Self::Aminoglycosides => "氨基糖苷类",
            Self::Tetracyclines => "四环素类",
            Self::Lincosamides => "林可酰胺类",
            Self::Nitroimidazoles => "硝基咪唑类",
            Self::Azoles => "唑类抗真菌药",
            Self::Nsaids => "非甾体抗炎药",
            Self::Pyrazolones => "吡唑酮类",
            Self::Barbiturates => "巴比妥类",
            Self::LocalAnaesthetics => "酰胺类局部麻醉药",
            Self::Antisera => "异种血清",
            Self::AceInhibitors => "血管紧张素转换酶抑制剂",
            Self::Statins => "他汀类",
            Self::Iodine => "碘",
            Self::Alcohol => "乙醇",
        }
    }
}

/// One drug as one clinic would stock it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of a drug, each a column of the list"
)]
pub struct Drug {
    /// 医疗目录编码, sent as `med_list_codg`.
    pub code: String,
    /// Whose code that is.
    pub code_source: CodeSource,
    /// Name on the box, form included: 阿莫西林胶囊.
    pub name: String,
    /// Other names it is looked for by, with blanks between them: brands, abbreviations.
    pub alias: String,
    /// 通用名 of each active ingredient: two drugs that share one are the same twice.
    pub ingredients: Vec<String>,
    /// Class in the national list, 2024 edition.
    pub class: Class,
    /// Class code of the national list (`XJ01CA`); empty where the list does not have the drug.
    pub list_class: String,
    /// Name in the national list (several forms may share it); empty where it does not have it.
    pub list_name: String,
    /// Form in the national list, which decides the class together with the name; empty for patent
    /// medicines, whose name says it.
    pub list_form: String,
    /// Western, patent, injection or pieces.
    pub kind: DrugKind,
    /// Allergy groups it belongs to.
    pub groups: Vec<AllergyGroup>,
    /// Form 剂型.
    pub form: String,
    /// Specification 规格, as printed.
    pub spec: String,
    /// 条码 on the box: GTIN of 8, 12, 13 or 14 digits, one for each maker that is bought from.
    pub bar_codes: Vec<String>,
    /// Unit of a dose: g, mg, ml, 片, 滴 …
    pub dose_unit: String,
    /// Dose units in one smallest unit; nothing for what is used as needed (适量: ointments).
    pub strength: Option<Quantity>,
    /// Smallest unit that can be handed out: 片, 支, 袋, 瓶.
    pub unit: String,
    /// Pack: 盒, 瓶.
    pub pack_unit: String,
    /// Smallest units in a pack, at least 1.
    pub units_per_pack: i64,
    /// Price of a pack.
    pub pack_price: UnitPrice,
    /// May be sold by the smallest unit 拆零.
    pub splittable: bool,
    /// A smallest unit once opened is spent: an ampoule. Every dose rounds up on its own.
    pub single_use: bool,
    /// Usual route.
    pub route: &'static Route,
    /// Usual frequency.
    pub frequency: &'static Frequency,
    /// Usual footnote of a herb.
    pub footnote: Option<Footnote>,
    /// Usual dose in dose units; nothing where it is used as needed.
    pub dose: Option<Quantity>,
    /// Usual days.
    pub days: i64,
    /// Most at once for an adult, in dose units, where known.
    pub max_dose: Option<Quantity>,
    /// Most a day for an adult, in dose units, where known.
    pub max_daily: Option<Quantity>,
    /// Most a day for a child, in dose units a kilogram, where known.
    pub max_daily_per_kg: Option<Quantity>,
    /// Years of age below which it should not be used; 0 where there is no such limit.
    pub min_age: i64,
    /// 抗菌药物.
    pub antibiotic: bool,
    /// In the national essential drug list, 2026 edition (国家基本药物目录).
    pub essential: bool,
    /// A skin test comes first 皮试.
    pub skin_test: bool,
    /// A drug of the two-disease benefit.
    pub two_disease: Option<TwoDisease>,
    /// How usual it is: the larger, the higher in a list.
    pub weight: i64,
}

impl Drug {
    /// True if it is boiled with others: 中药饮片.
    pub fn is_piece(&self) -> bool {
        self.kind == DrugKind::Pieces
    }

    /// Price of one smallest unit, rounded half up to 10⁻⁶ yuan.
    pub fn unit_price(&self) -> UnitPrice {
        let packs = i128::from(self.units_per_pack.max(1));
        let price = div_round(i128::from(self.pack_price.0), packs, Rounding::HalfUp);
        UnitPrice(i64::try_from(price).unwrap_or(self.pack_price.0))
    }
}

text_enum! {
    /// What a service is to the checks.
    pub enum ServiceRole {
        /// 一般诊疗费: registration, consultation, injection and dispensing in one
        /// (国办发〔2010〕62号; each province's price list says for whom).
        General = "general",
        /// 诊查费: consultation alone.
        Consultation = "consultation",
        /// Injection or infusion.
        Injection = "injection",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// For what one of it is charged.
    pub enum Each {
        /// Each time that something is given, however many drugs at once: one giving set hangs bag after bag.
        Time = "time",
        /// Each time that a group is given; a drug that is in none is a group by itself.
        Group = "group",
        /// Each time that a drug is given.
        Line = "line",
    }
}

/// 用法附加费: with which routes a service or a material is charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follows {
    /// Any of these.
    pub routes: Vec<&'static Route>,
    /// How many of it.
    pub each: Each,
}

/// One service or material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// 医疗目录编码, sent as `med_list_codg`.
    pub code: String,
    /// Whose code that is.
    pub code_source: CodeSource,
    /// Name.
    pub name: String,
    /// Other names it is looked for by, with blanks between them.
    pub alias: String,
    /// Unit: 次, 组, 日.
    pub unit: String,
    /// Price of a unit.
    pub price: UnitPrice,
    /// Class.
    pub class: Class,
    /// Fee category `med_chrgitm_type` (nhsa-interface §3), two digits.
    pub charge_type: String,
    /// What it is to the checks.
    pub role: ServiceRole,
    /// The routes that bring it; none: it is ordered by itself.
    pub follows: Option<Follows>,
    /// How usual it is.
    pub weight: i64,
}

/// One diagnosis: of the insurance edition of ICD-10 医保版, or an illness or a syndrome of 中医 by GB/T 15657.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Code, as the platform wants it.
    pub code: String,
    /// Official name.
    pub name: String,
    /// What people call it; several with blanks between them.
    pub alias: String,
    /// 西医 or 中医.
    pub kind: DiagnosisKind,
    /// Only one sex has it.
    pub sex: Option<Sex>,
    /// One of the two diseases.
    pub two_disease: Option<TwoDisease>,
    /// How usual it is.
    pub weight: i64,
}
