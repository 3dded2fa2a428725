//! Every use case that takes an actor, one a row: who may call it, and what a stranger gets.

use cunyi_app::views::{
    AppealForm, ApplyForm, ClearingForm, ClinicData, DraftBody, EndForm, FollowUpForm, GiveBack,
    IdentifyForm, InsureForm, PatientForm, ReferralForm, RefundForm, RegisterForm, TemplateForm,
    ToldForm, WhyForm,
};
use cunyi_app::{Actor, App, Layout, NewUser, PasswordForm, Result};
use cunyi_domain::ids::{BatchId, ChargeId, EntryId, PatientId, TemplateId, UserId, VisitId};
use cunyi_domain::ledger::{ClearingKind, Goods, Method, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::reconcile::Group;
use cunyi_domain::time::civil::Date;
use cunyi_followup::Said;

use crate::world::PASSWORD;

/// What use cases are asked about.
#[derive(Debug, Default)]
pub struct Ids {
    pub handle: String,
    pub visit: VisitId,
    pub patient: PatientId,
    pub batch: BatchId,
    pub charge: ChargeId,
    pub entry: EntryId,
    pub payment: EntryId,
    pub template: TemplateId,
    pub receipt: EntryId,
    pub book: EntryId,
    pub electronic: EntryId,
    /// Of the clearing book.
    pub application: EntryId,
    pub claim: EntryId,
}

/// What a use case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One record, by its id.
    Record,
    /// What the clinic has: somebody else's is not in it.
    List,
    /// Something new.
    New,
}

pub struct UseCase {
    pub name: &'static str,
    pub about: About,
    /// Answers what was shown, if anything.
    pub call: fn(&App, &Actor, &Ids) -> Result<String>,
}

macro_rules! use_cases {
    ($($name:ident $about:ident |$app:ident, $actor:ident, $ids:ident| $call:expr;)*) => {
        /// In the order of the files.
        pub const USE_CASES: &[UseCase] = &[$(UseCase {
            name: stringify!($name),
            about: About::$about,
            call: |$app, $actor, $ids| $call.map(|shown| format!("{shown:?}")),
        },)*];
    };
}

fn patient() -> PatientForm {
    PatientForm {
        name: "周新生".to_owned(),
        id_number: "11010519491231002X".to_owned(),
        ..PatientForm::default()
    }
}

fn entry(app: &App) -> ClearingForm {
    let today = app.now().date();
    ClearingForm {
        from: today.first_of_month(),
        group: Group {
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "990001".to_owned(),
        },
        kind: ClearingKind::Paid,
        amount: Fen(1),
        on: today,
        appeal_by: None,
        reason: String::new(),
    }
}

use_cases! {
    access_log List |app, by, _ids| app.access_log(by);
    note_allergy Record |app, by, ids| app.note_allergy(by, &ids.patient, "group", "penicillins");
    withdraw_allergy Record |app, by, ids| app.withdraw_allergy(by, &ids.patient, &ids.entry);
    clearing List |app, by, _ids| app.clearing(by, app.now().date());
    clearing_period List |app, by, _ids| app.clearing_period(by, app.now().date());
    enter_clearing New |app, by, _ids| app.enter_clearing(by, &entry(app));
    correct_clearing Record |app, by, ids| app.correct_clearing(by, &ids.claim, "记错了");
    appeal_clearing Record |app, by, ids| app.appeal_clearing(by, &AppealForm {
        deduction: ids.claim.clone(),
        kind: ClearingKind::Appealed,
        amount: Fen(1),
        on: app.now().date(),
        reason: "不同意".to_owned(),
    });
    apply_for_clearing New |app, by, _ids| app.apply_for_clearing(by, &ApplyForm {
        from: app.now().date().first_of_month(),
        clearing_type: "11".to_owned(),
        claim: Fen(1),
        reason: String::new(),
    });
    withdraw_clearing Record |app, by, ids| app.withdraw_clearing(by, &ids.application, "漏报了");
    clearing_told Record |app, by, ids| {
        let form = ToldForm {
            there: true,
            by: "结算科".to_owned(),
            event: String::new(),
        };
        app.clearing_told(by, &ids.application, &form)
    };
    today List |app, by, _ids| app.today(by, app.now().date());
    save_draft Record |app, by, ids| app.save_draft(by, &ids.visit, 0, &DraftBody::default());
    preview Record |app, by, ids| app.preview(by, &ids.visit, &DraftBody::default());
    as_last_time Record |app, by, ids| app.as_last_time(by, &ids.visit);
    follow_up Record |app, by, ids| app.follow_up(by, &ids.visit, "hypertension");
    judge_follow_up Record |app, by, ids| {
        app.judge_follow_up(by, &ids.visit, "hypertension", &Said::new())
    };
    record_follow_up Record |app, by, ids| {
        app.record_follow_up(by, &ids.visit, "hypertension", &FollowUpForm::default())
    };
    courses_due List |app, by, _ids| app.courses_due(by);
    follow_ups_due List |app, by, _ids| app.follow_ups_due(by, Date::MAX);
    never_followed List |app, by, _ids| app.never_followed(by);
    end_follow_ups Record |app, by, ids| app.end_follow_ups(by, &ids.patient, &EndForm::default());
    resume_follow_ups Record |app, by, ids| app.resume_follow_ups(by, &ids.patient);
    ended_follow_ups List |app, by, _ids| app.ended_follow_ups(by);
    follow_up_sheet New |app, by, _ids| {
        app.follow_up_sheet(by, "hypertension", (app.now().date(), app.now().date()))
    };
    freeze Record |app, by, ids| app.freeze(by, &ids.visit, 0, &DraftBody::default());
    take_back Record |app, by, ids| app.take_back(by, &ids.visit);
    drop_batch Record |app, by, ids| app.drop_batch(by, &ids.batch, "先不要了");
    scan_trace Record |app, by, ids| app.scan_trace(by, &ids.charge, "81234567890123456789");
    decide_goods Record |app, by, ids| {
        let decision = [(ids.charge.clone(), Goods::Kept)];
        app.decide_goods(by, &ids.batch, &decision, "留着用")
    };
    hand_over Record |app, by, ids| app.hand_over(by, &ids.visit);
    doctors New |app, by, _ids| app.doctors(by);
    identify New |app, by, _ids| app.identify(by, &IdentifyForm::default());
    messages Record |app, by, ids| app.messages(by, &ids.visit);
    paper Record |app, by, ids| app.paper(by, &ids.visit);
    statement Record |app, by, ids| app.statement(by, &ids.batch);
    change_password New |app, by, _ids| app.change_password(by, "", &PasswordForm {
        old: PASSWORD.to_owned(),
        new: PASSWORD.to_owned(),
        again: PASSWORD.to_owned(),
    });
    find_patients List |app, by, _ids| app.find_patients(by, "李");
    patient Record |app, by, ids| app.patient(by, &ids.patient);
    known_certificate Record |app, by, ids| app.known_certificate(by, &ids.patient).map(drop);
    correct_patient Record |app, by, ids| app.correct_patient(by, &ids.patient, &patient());
    propose_items Record |app, by, ids| app.propose_items(by, Some(&ids.visit), "gml", 12);
    propose_diagnoses Record |app, by, ids| {
        app.propose_diagnoses(by, Some(&ids.visit), "gxy", 12)
    };
    queue List |app, by, _ids| app.queue(by);
    move_visit Record |app, by, ids| app.move_visit(by, &ids.visit, VisitState::Seeing);
    reconciliation List |app, by, _ids| app.reconciliation(by, app.now().date());
    reconcile New |app, by, _ids| app.reconcile(by, app.now().date());
    mend New |app, by, _ids| app.mend(by, app.now().date(), "none", "问过结算科");
    count_till New |app, by, _ids| app.count_till(by, app.now().date(), Fen(1), Fen(0));
    insure Record |app, by, ids| app.insure(by, &ids.visit, &InsureForm::default());
    register Record |app, by, ids| app.register(by, &RegisterForm {
        handle: ids.handle.clone(),
        ..RegisterForm::default()
    });
    register_self_pay New |app, by, _ids| app.register_self_pay(
        by,
        &PatientForm::default(),
        &RegisterForm::default()
    );
    enter_receipt_book New |app, by, _ids| {
        app.enter_receipt_book(by, &crate::receipts::book("", "500", "599"))
    };
    issue_receipt Record |app, by, ids| app.issue_receipt(by, &ids.batch, "");
    receipt_paper Record |app, by, ids| app.receipt_paper(by, &ids.receipt);
    close_receipt Record |app, by, ids| {
        app.close_receipt(by, &ids.receipt, &crate::receipts::why("spoiled", ""))
    };
    ask_electronic Record |app, by, ids| app.ask_electronic(by, &ids.batch);
    undo_electronic Record |app, by, ids| app.undo_electronic(by, &ids.electronic, "姓名有误");
    spoil_receipts Record |app, by, ids| {
        app.spoil_receipts(by, &ids.book, "", &crate::receipts::why("spoiled", ""))
    };
    day_sheet List |app, by, _ids| app.day_sheet(by, app.now().date());
    infusion_register List |app, by, _ids| {
        app.infusion_register(by, app.now().date(), app.now().date())
    };
    receipt_register List |app, by, _ids| {
        app.receipt_register(by, app.now().date(), app.now().date())
    };
    refer Record |app, by, ids| app.refer(by, &ids.visit, &ReferralForm {
        destination: "县医院".to_owned(),
        reason: "血压不降".to_owned(),
        ..ReferralForm::default()
    });
    referrals Record |app, by, ids| app.referrals(by, &ids.visit);
    report List |app, by, _ids| app.report(by, app.now().date(), app.now().date());
    outpatient_log List |app, by, _ids| app.outpatient_log(by, app.now().date(), app.now().date());
    retry_registration Record |app, by, ids| app.retry_registration(by, &ids.visit);
    switch_to_self_pay Record |app, by, ids| app.switch_to_self_pay(by, &ids.visit);
    reverse Record |app, by, ids| app.reverse(by, &ids.batch, "退药");
    refund Record |app, by, ids| app.refund(by, &ids.batch, &RefundForm::default());
    reverse_part Record |app, by, ids| {
        let form = RefundForm {
            back: vec![GiveBack::of(&ids.charge, Quantity::whole(1))],
            reason: "退一盒".to_owned(),
            certificate: String::new(),
        };
        app.reverse_part(by, &ids.batch, &form)
    };
    own_pay Record |app, by, ids| app.own_pay(by, &ids.batch);
    hand_over_against Record |app, by, ids| {
        app.hand_over_against(by, &ids.visit, Fen(1), Method::Cash)
    };
    even_out Record |app, by, ids| app.even_out(by, &ids.visit, Fen(1), Method::Cash);
    payment_slip Record |app, by, ids| app.payment_slip(by, &ids.payment);
    adopt Record |app, by, ids| app.adopt(by, &ids.batch, "9900012026");
    not_done Record |app, by, ids| app.not_done(by, &ids.batch, "问过医保中心");
    resolve Record |app, by, ids| app.resolve(by, &ids.visit);
    template_file New |app, by, _ids| app.template_file(by);
    read_template_file New |app, by, _ids| app.read_template_file(by, "");
    templates List |app, by, _ids| app.templates(by);
    find_templates List |app, by, _ids| app.find_templates(by, "", 12);
    save_template New |app, by, _ids| app.save_template(by, &TemplateForm {
        name: "感冒".to_owned(),
        shared: true,
    }, &DraftBody { complaint: "咽痛".to_owned(), ..DraftBody::default() });
    drop_template Record |app, by, ids| app.drop_template(by, &ids.template);
    with_template Record |app, by, ids| {
        app.with_template(by, &ids.template, DraftBody::default())
    };
    order_skin_test Record |app, by, ids| app.order_skin_test(by, &ids.visit, "XJ01CE-138");
    read_skin_test Record |app, by, ids| app.read_skin_test(by, &ids.visit, &ids.entry, false);
    continue_course Record |app, by, ids| {
        app.continue_course(by, &ids.visit, &ids.entry, DraftBody::default())
    };
    stop_course Record |app, by, ids| app.stop_course(by, &ids.visit, &ids.entry, "皮疹");
    print_prescription Record |app, by, ids| {
        app.print_prescription(by, &ids.visit, &WhyForm::default())
    };
    void_prescription Record |app, by, ids| {
        let why = WhyForm { why: "mistake".to_owned(), ..WhyForm::default() };
        app.void_prescription(by, &ids.visit, &why)
    };
    prescriptions New |app, by, _ids| app.prescriptions(by);
    clinic_rights New |app, by, _ids| app.clinic_rights(by);
    set_rights New |app, by, _ids| app.set_rights(by, None, &[]);
    keep_account Record |app, by, ids| app.keep_account(by, &ids.visit, true);
    presettle Record |app, by, ids| app.presettle(by, &ids.visit);
    settle Record |app, by, ids| app.settle(by, &ids.visit, &[], Method::Cash);
    renew_voucher Record |app, by, ids| app.renew_voucher(by, &ids.visit, "990001ec00");
    uploads List |app, by, _ids| app.uploads(by);
    upload_again Record |app, by, ids| app.upload_again(by, &ids.visit);
    receive_stock New |app, by, _ids| app.receive_stock(by, &[]);
    stock List |app, by, _ids| app.stock(by);
    visit Record |app, by, ids| app.visit(by, &ids.visit);
    policies New |app, by, _ids| app.policies(by);
    clinic New |app, by, _ids| app.clinic(by);
    set_clinic New |app, by, _ids| app.set_clinic(by, &clinic_data());
    layouts New |app, by, _ids| app.layouts(by);
    layout New |app, by, _ids| app.layout(by, Layout::FeeList);
    set_layout New |app, by, _ids| app.set_layout(by, Layout::FeeList, "");
    confirm_policy New |app, by, _ids| app.confirm_policy(by, "none", "", "", "");
    users New |app, by, _ids| app.users(by);
    add_user New |app, by, _ids| app.add_user(by, &NewUser::default());
    set_licence New |app, by, _ids| app.set_licence(by, &UserId::default(), &cunyi_app::LicenceForm::default());
    set_user_active New |app, by, _ids| app.set_user_active(by, &UserId::default(), false);
    reset_password New |app, by, _ids| app.reset_password(by, &UserId::default(), "");
}

fn clinic_data() -> ClinicData {
    ClinicData {
        name: "竹山村卫生室".to_owned(),
        ..ClinicData::default()
    }
}

/// The names of the use cases as the sources have them.
fn in_sources() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = Vec::new();
    let mut left = vec![folder];
    while let Some(path) = left.pop() {
        let Ok(text) = std::fs::read_to_string(&path) else {
            let files = std::fs::read_dir(path).unwrap();
            left.extend(files.map(|file| file.unwrap().path()));
            continue;
        };
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let public = flat.split("pub fn ").skip(1);
        let takes_actor = |f: &&str| {
            let head = f.split(')').next().unwrap_or("");
            head.contains("&self, actor: &Actor")
        };
        let name = |f: &str| f.split('(').next().unwrap_or("").to_owned();
        names.extend(public.filter(takes_actor).map(name));
    }
    names.sort();
    names
}

#[test]
fn every_use_case_has_its_row() {
    let mut rows: Vec<String> = USE_CASES.iter().map(|u| u.name.to_owned()).collect();
    rows.sort();
    assert_eq!(rows, in_sources());
}
