//! What was paid is settled with the insurance after all, by keyboard; and an evening on which the centre
//! has paid something back of its own accord, which is mended from its page.

use std::time::Duration;

use cunyi_db::{Db, Durability, Target};
use cunyi_domain::row;
use cunyi_domain::time::Moment;
use cunyi_gateway::message::{Data, T2208, settle as messages};
use cunyi_gateway::{
    Gateway, Header, HttpTransport, Institution, Line, Outcome, Outgoing, Region, Secret, region,
};
use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{
    Person, RESIDENT, identify, person, prescribe, presettle, seen, settle, sign_in, strike,
};
use crate::evening::{ASK, count, to_the_evening};
use crate::page::{Page, open};

/// Types where Tab leads to, over what stands there.
async fn type_into(page: &Page, css: &str, text: &str) {
    page.tab_to(css).await;
    page.script("document.activeElement.select()").await;
    page.keys(text).await;
}

/// An employee keeps what is in her account, by keyboard: the shares are computed anew before she pays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_the_account_is_kept() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("account");
    sign_in(&page, &demo, "zhang").await;
    let employee = "/^310 正常 990001 账户 [1-9]\\d\\d/.test(p.cover) && !p.cover.includes('；')
        && p.born > '1960' && p.born < '1996'";
    seen(&page, &demo, employee).await;
    prescribe(&page).await;
    presettle(&page).await;
    page.read("确认结算 收 0.00").await;
    page.tab_to("button[name=keeps]").await;
    page.accessible("a settlement with an account").await;
    page.press(Key::Enter).await;
    page.read("个人账户不付").await;
    page.see("form[action$='/settle'] button").await;
    page.accessible("an account that is kept").await;
    page.picture("account-kept.png").await;
    let asked = page.words_of("form[action$='/settle'] button").await;
    assert!(!asked.contains(" 0.00"), "{asked}");
    settle(&page).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// Registered, treated and paid by herself, and gone with the drugs.
async fn paid_herself(page: &Page, demo: &Demo, who: &Person) {
    page.go(&format!("{}/self-pay", demo.clinic)).await;
    type_into(page, "input[name=name]", who.get("name")).await;
    type_into(page, "input[name=id_number]", who.get("id")).await;
    page.press(Key::F8).await;
    prescribe(page).await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    settle(page).await;
}

/// Opens the form and asks with a number, as far as the browser's question.
async fn insure(page: &Page, number: &str) {
    if page.count("#insure[open]").await == 0 {
        page.tab_to("#insure summary").await;
        page.press(Key::Enter).await;
    }
    type_into(page, "#insure input[name=number]", number).await;
    page.tab_to("#insure button").await;
    page.press(Key::Enter).await;
    page.agree().await;
}

/// Waits until it is refused, also where the page shows first that the centre is asked.
async fn refused(page: &Page) {
    let ended = "return document.querySelector('main .problem') !== null
        && !document.querySelector('.waiting') && document.querySelector('#insure') !== null";
    page.until("it is refused", ended).await;
}

/// The narrow column holds the longer words.
async fn at_1024_in_english(page: &Page, words: &str, picture: &str) {
    page.press_on("button[lang=en]").await;
    page.read(words).await;
    page.script("document.querySelector('#insure')?.setAttribute('open', '')")
        .await;
    page.accessible(picture).await;
    page.widen(1024, 768).await;
    page.script(
        "document.querySelector('#insure')?.setAttribute('open', '');
         document.querySelector('#insure form, #h-differences')?.scrollIntoView({ behavior: 'instant' })",
    )
    .await;
    page.picture(picture).await;
    page.widen(1366, 768).await;
    page.press_on("button[lang=zh-CN]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_is_settled_with_the_insurance_after_all() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("insured");
    let who = person(&page, &demo, RESIDENT).await;
    let other = format!("{RESIDENT} && p.id !== '{}'", who.get("id"));
    let other = person(&page, &demo, &other).await;
    sign_in(&page, &demo, "zhang").await;
    paid_herself(&page, &demo, &who).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    page.go(&visit).await;
    let words = "Settle with the insurance after all";
    at_1024_in_english(&page, words, "insure-english.png").await;
    page.go(&visit).await;

    // Another's card: refused, what was typed stays.
    insure(&page, other.get("id")).await;
    refused(&page).await;
    page.see("#insure[open]").await;
    assert_eq!(
        page.value("#insure input[name=number]").await,
        other.get("id")
    );
    page.accessible("another's insurance").await;
    page.picture("insure-other.png").await;

    // The centre says no: it stays what it was, and no money has moved.
    strike(&page, &demo, "refuse", "2207").await;
    page.go(&visit).await;
    insure(&page, who.get("id")).await;
    refused(&page).await;
    page.read("医保中心拒绝").await;
    assert_eq!(page.count(".state-settled").await, 1);
    assert!(!page.has("待退").await);
    page.accessible("refused by the centre, self-pay as before")
        .await;
    page.picture("insure-refused.png").await;

    insure(&page, who.get("id")).await;
    page.read("待退").await;
    assert_eq!(page.count(".state-settled").await, 1);
    assert_eq!(page.count("#insure").await, 0);
    page.accessible("insured after all").await;
    page.tree("insured-after-all").await;
    page.picture("insured.png").await;
    page.press(Key::F8).await;
    page.read("退差额").await;
    assert!(!page.has("待退").await && !page.has("待了结").await);
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

row! {
    /// A settlement of the centre.
    pub struct Made {
        /// `setl_id`
        pub id: String,
        /// `mdtrt_id`
        pub visit: String,
        /// `psn_no`
        pub person: String,
    }
}

#[expect(clippy::disallowed_methods, reason = "real programs live in real time")]
fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Moment(i64::try_from(since.expect("after 1970").as_micros()).expect("before 290000"))
}

/// The insurance's office pays the latest settlement back; the clinic is not told.
fn office_pays_back(demo: &Demo) {
    let target = Target::File(demo.centre_database());
    let db = Db::open(target, Durability::Full, cunyi_centre::MIGRATIONS).expect("opens");
    let sql = "SELECT id, visit, person FROM settlement WHERE kind = 'settlement' \
               ORDER BY settled_at DESC, id DESC LIMIT 1";
    let made = db.read("made", |tx| tx.query::<Made>(sql, Vec::new()));
    let made = made.expect("read").remove(0);
    let input = Data::from(messages::Reverse {
        setl_id: made.id,
        mdtrt_id: made.visit,
        psn_no: made.person,
    });
    let text = region::DEMO.replace("http://127.0.0.1:8761", &demo.centre);
    let gateway = Gateway {
        region: Region::parse(&text, "demo").expect("a region"),
        institution: Institution {
            code: "H99000100001".to_owned(),
            name: "office".to_owned(),
        },
    };
    let keys = std::collections::BTreeMap::<String, Secret>::new();
    let line = Line::open(&gateway.region, &gateway.institution, &keys).expect("a line");
    let now = now();
    let msgid = format!("{}{}0499", gateway.institution.code, now.compact());
    let header = Header {
        msgid: msgid.clone(),
        now,
        insuplc_admdvs: String::new(),
        sign_no: None,
        opter: "office".to_owned(),
        opter_name: "office".to_owned(),
    };
    let call = Outgoing {
        infno: "2208",
        bytes: gateway.encode::<T2208>(&header, &input),
        now,
        nonce: "0123456789abcdef",
        late: "",
    };
    let came = line.send(&HttpTransport::default(), &call, Duration::from_mins(1));
    let done = gateway.decode::<T2208>(&msgid, &input, &came);
    assert!(matches!(done, Outcome::Success(_)), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_centre_paid_back_is_paid_back_from_the_evenings_page() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("mended");
    let who = person(&page, &demo, RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;
    identify(&page, &demo, "02", who.get("id")).await;
    page.see("button[form=desk][value=see]").await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    presettle(&page).await;
    settle(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    tokio::task::block_in_place(|| office_pays_back(&demo));

    to_the_evening(&page, &demo).await;
    page.press_on(ASK).await;
    page.read("仅中心有").await;
    count(&page).await;
    page.accessible("an evening with a difference").await;
    page.picture("mend.png").await;
    let words = "What mends it";
    at_1024_in_english(&page, words, "mend-english.png").await;
    page.read("仅中心有").await;
    page.tab_to("form[action$='/mend'] button").await;
    page.press(Key::Enter).await;
    page.read("本机、医保中心、现金三方一致").await;
    page.accessible("mended").await;
    page.picture("mended.png").await;

    // What she paid is hers, and comes out of the drawer.
    page.go(&visit).await;
    page.read("待退").await;
    page.press(Key::F8).await;
    page.read("退差额").await;
    to_the_evening(&page, &demo).await;
    page.read("实点比应有多").await;
    count(&page).await;
    page.read("本机、医保中心、现金三方一致").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
