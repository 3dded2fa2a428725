//! Twenty users who read every page, and how long the slowest hundredth of each waits.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::http::{Answer, Client};
use super::limits::Limits;
use super::program::Demo;
use crate::run;

/// Users at their browsers: doctors, an administrator and, the last, an auditor.
const USERS: usize = 20;
/// Between an answer and the next question.
const THINKS: Duration = Duration::from_secs(1);
/// What 99 of 100 answers must not exceed.
const LIMIT: Duration = Duration::from_millis(20);
/// Megabytes that one process may have held, and both.
const MEMORY: [u64; 2] = [80, 120];
/// How many days ago the lists and visits are from that are read.
const DAYS_AGO: &[&str] = &["1", "2", "3", "9", "40", "200", "700", "1500"];
/// What is typed into the searches.
const TYPED: &[&str] = &["a", "am", "gm", "g", "xy", "tn", "yt", "zl", "b"];

/// The table of all routes.
const ROUTES: &str = "crates/web/src/routes.rs";
/// Routes that only send elsewhere, or answer once what was posted before; and the receipts that no grown clinic has.
const NO_PAGE: &[&str] = &["/setup", "/identify/wait", "/receipts/{id}/print"];

/// A question: a path, and the form when it is posted.
type Ask = (String, Option<String>);

/// A page with all the ways it is asked for.
pub struct Page {
    name: &'static str,
    asks: Vec<Ask>,
}

/// Who reads, and what came of it: page and time of each answer.
pub struct Reader<'a> {
    client: Client,
    pages: &'a [Page],
    dice: u64,
    times: Vec<(usize, Duration)>,
}

/// Runs the readers over a demo's folder and prints the table and the memory.
pub fn run(folder: &Path, length: Duration, limits: &mut Limits) -> Result<()> {
    let demo = Demo::start(folder, &[])?;
    let lists = lists(demo.port)?;
    let all = read_all(demo.port, &lists, length)?;
    println!("{USERS} users, {THINKS:?} think time, {length:?}; ms:");
    for pages in &lists {
        print(pages, &times(&all, pages), limits);
    }
    let (clinic, centre) = demo.memory()?;
    let [each, both] = MEMORY.map(|mb| mb * 1024);
    limits.below("VmHWM of the clinic, kB", clinic, each);
    limits.below("VmHWM of the centre, kB", centre, each);
    limits.below("VmHWM of both, kB", clinic + centre, both);
    Ok(())
}

/// What each kind of user reads: doctors, an auditor, an administrator. An error if a route is read by none.
pub fn lists(port: u16) -> Result<[Vec<Page>; 3]> {
    let doctors = doctors_pages(port)?;
    let visits = paths(&doctors, "visit, done");
    let auditors = vec![
        page("visit, as auditor: leaves an entry", visits),
        page(
            "patient, as auditor: leaves an entry",
            paths(&doctors, "patient"),
        ),
    ];
    let administrators = [
        "users", "policies", "clinic", "layouts", "computer", "password",
    ];
    let administrators = administrators.map(|name| page(name, [format!("/{name}")]));
    let lists = [doctors, auditors, administrators.into()];
    complete(&lists)?;
    Ok(lists)
}

/// All users read for so long, each the pages of its kind.
pub fn read_all(port: u16, lists: &[Vec<Page>; 3], length: Duration) -> Result<Vec<Reader<'_>>> {
    let [doctors, auditors, administrators] = lists;
    let mut readers = Vec::new();
    for user in 0..USERS {
        let (login, pages) = match user {
            _ if user + 1 == USERS => ("shen", auditors),
            _ if user + 2 == USERS => ("admin", administrators),
            _ if user % 2 == 0 => ("zhang", doctors),
            _ => ("li", doctors),
        };
        readers.push(Reader {
            client: Client::signed_in(port, login)?,
            pages,
            dice: user as u64,
            times: Vec::new(),
        });
    }
    let all: Vec<Result<Reader<'_>>> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for (user, reader) in readers.into_iter().enumerate() {
            threads.push(scope.spawn(move || reader.read(user, length)));
        }
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    all.into_iter().collect()
}

/// The times of those who read these pages.
fn times<'a>(all: &'a [Reader<'_>], pages: &[Page]) -> Vec<&'a (usize, Duration)> {
    let readers = all
        .iter()
        .filter(|reader| std::ptr::eq(reader.pages, pages));
    readers.flat_map(|reader| &reader.times).collect()
}

/// How long 99 of 100 answers took at most, whatever the page, and how many there were.
pub fn slowest(all: &[Reader<'_>]) -> (Duration, usize) {
    let answers = all.iter().flat_map(|reader| &reader.times);
    let mut took: Vec<Duration> = answers.map(|(_, took)| *took).collect();
    took.sort_unstable();
    let place = (took.len() * 99).div_ceil(100).saturating_sub(1);
    (took.get(place).copied().unwrap_or_default(), took.len())
}

impl Reader<'_> {
    fn read(mut self, user: usize, length: Duration) -> Result<Self> {
        // They do not all begin at once.
        thread::sleep(THINKS * u32::try_from(user)? / u32::try_from(USERS)?);
        let begun = run::now();
        for number in user * 3.. {
            if begun.elapsed() > length {
                break;
            }
            run::go_on()?;
            let place = number % self.pages.len();
            let pages = self.pages;
            let asks = &pages[place].asks;
            let (path, form) = &asks[self.below(asks.len())];
            let asked = run::now();
            let answer = ask(&mut self.client, path, form.as_deref())?;
            self.times.push((place, asked.elapsed()));
            good(path, &answer)?;
            thread::sleep(THINKS);
        }
        Ok(self)
    }

    /// From 0 to below `n`, the same for the same user in every run.
    fn below(&mut self, n: usize) -> usize {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.dice >> 33) % (n as u64)).unwrap_or(0)
    }
}

fn ask(client: &mut Client, path: &str, form: Option<&str>) -> Result<Answer> {
    match form {
        Some(form) => client.post(path, form),
        None => client.get(path),
    }
}

fn good(path: &str, answer: &Answer) -> Result<()> {
    if answer.status != 200 {
        bail!("{path}: status {}", answer.status);
    }
    Ok(())
}

fn print(pages: &[Page], times: &[&(usize, Duration)], limits: &mut Limits) {
    let ms = |took: Duration| took.as_secs_f64() * 1000.0;
    for (place, page) in pages.iter().enumerate() {
        let of_page = times.iter().filter(|(at, _)| *at == place);
        let mut all: Vec<f64> = of_page.map(|(_, took)| ms(*took)).collect();
        all.sort_unstable_by(f64::total_cmp);
        let rank = |percent: usize| all[(all.len() * percent).div_ceil(100).max(1) - 1];
        if all.is_empty() {
            continue;
        }
        let (half, most) = (rank(50), rank(100));
        let what = format!(
            "{:<38} asked {:>4}, p50 {half:>5.1}, most {most:>5.1}, p99",
            page.name,
            all.len(),
        );
        // To a tenth, as printed.
        let tenths = (rank(99) * 10.0).round() / 10.0;
        limits.below(&what, tenths, ms(LIMIT));
    }
}

fn page(name: &'static str, paths: impl IntoIterator<Item = String>) -> Page {
    let asks = paths.into_iter().map(|path| (path, None)).collect();
    Page { name, asks }
}

/// The paths of a page.
fn paths(pages: &[Page], name: &str) -> Vec<String> {
    let of_name = pages.iter().filter(|page| page.name == name);
    of_name
        .flat_map(|page| page.asks.iter().map(|(path, _)| path.clone()))
        .collect()
}

/// Pages of the patients that searches answer.
fn found(client: &mut Client, searches: &[Ask]) -> Result<BTreeSet<String>> {
    let mut patients = BTreeSet::new();
    for (path, form) in searches {
        let list = ask(client, path, form.as_deref())?.body;
        patients.extend(links(&list, "/patients/"));
    }
    Ok(patients)
}

/// Visits of the queue whose record is still written: their page carries the draft's version.
fn open_visits(client: &mut Client, home: &str) -> Result<Vec<String>> {
    let mut open = Vec::new();
    for path in links(home, "/visits/") {
        if client.get(&path)?.body.contains("name=\"version\"") {
            open.push(path);
        }
    }
    Ok(open)
}

/// The slips that visits link to, of as many visits as there are days looked at.
fn slips(client: &mut Client, visits: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut slips = BTreeSet::new();
    for visit in visits.iter().take(DAYS_AGO.len()) {
        slips.extend(links(&client.get(visit)?.body, "/payments/"));
    }
    Ok(slips)
}

/// The refund pages of some statements: of those that may be paid back.
fn refunds(client: &mut Client, statements: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut refunds = Vec::new();
    for statement in statements.iter().take(DAYS_AGO.len() * 2) {
        let path = statement.replace("/print/statement", "/refund");
        if client.get(&path)?.status == 200 {
            refunds.push(path);
        }
    }
    Ok(refunds)
}

/// The pages of some days, and the visits and statements that they list.
fn listed(client: &mut Client) -> Result<(Vec<String>, BTreeSet<String>, BTreeSet<String>)> {
    let (mut days, mut visits, mut batches) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for ago in DAYS_AGO {
        let day =
            run::output(Command::new("date").args(["+%F", "--date", &format!("{ago} days ago")]))?;
        let path = format!("/today?day={}", day.trim());
        let list = client.get(&path)?.body;
        visits.extend(links(&list, "/visits/"));
        batches.extend(links(&list, "/batches/"));
        days.push(path);
    }
    Ok((days, visits, batches))
}

/// Every page that a doctor reads (the table of `crates/web/src/routes.rs`), with ids found by
/// following links.
fn doctors_pages(port: u16) -> Result<Vec<Page>> {
    let mut client = Client::signed_in(port, "zhang")?;
    let home = client.get("/")?.body;
    let search = |typed: &&str| {
        let form = format!("query={}", &typed[..1]);
        ("/patients/search".to_owned(), Some(form))
    };
    let searches: Vec<Ask> = TYPED.iter().map(search).collect();
    let patients = found(&mut client, &searches)?;
    let (days, visits, batches) = listed(&mut client)?;
    let open = open_visits(&mut client, &home)?;
    let slips = slips(&mut client, &visits)?;
    let refunds = refunds(&mut client, &batches)?;
    let for_days = |path: &str| -> Vec<String> {
        days.iter().map(|day| day.replace("/today", path)).collect()
    };
    let evenings = for_days("/day/reconcile");
    let periods = for_days("/clearing/period");
    let under = |ending: &str| {
        visits
            .iter()
            .map(|visit| format!("{visit}{ending}"))
            .collect::<Vec<_>>()
    };
    let typed = |path: &str| {
        TYPED
            .iter()
            .map(|text| format!("{path}?q={text}"))
            .collect::<Vec<_>>()
    };
    let history: Vec<String> = patients
        .iter()
        .map(|patient| format!("{patient}/print/history"))
        .collect();
    let roll: Vec<String> = batches.iter().map(|path| format!("{path}-roll")).collect();
    let on_roll: Vec<String> = slips.iter().map(|path| format!("{path}/roll")).collect();
    let mut pages = plain();
    pages.extend([
        page("visit, open", open),
        page("visit, done", visits.clone()),
        page("messages", under("/messages")),
        page("prescription", under("/print/prescription")),
        page("infusion card", under("/print/infusion-card")),
        page("infusion card, 80 mm", under("/print/infusion-card-roll")),
        page("own-pay consent", under("/print/own-pay-consent")),
        page("referral", under("/referral")),
        page("referral, printed", under("/referral/print")),
        page("fee list", under("/print/fee-list")),
        page("fee list, 80 mm", under("/print/fee-list-roll")),
        page("statement, 80 mm", roll),
        page("statement", batches),
        page("refund", refunds),
        page("payment slip, 80 mm", on_roll),
        page("payment slip", slips),
        page("reconciliation", evenings),
        page("clearing period", periods),
        Page {
            name: "patient search",
            asks: searches,
        },
        page("history, printed", history),
        page("patient", patients),
        page("today, a past day", days),
        page("search items", typed("/api/search/items")),
        page("search diagnoses", typed("/api/search/diagnoses")),
        page("search templates", typed("/api/search/templates")),
        page("assets", links(&home, "/assets/")),
    ]);
    pages.extend(follow_ups(&visits));
    Ok(pages)
}

/// The forms of a doctor's visits, whom to call, and a year of them.
fn follow_ups(visits: &BTreeSet<String>) -> [Page; 4] {
    let under = |ending: &'static str| visits.iter().map(move |visit| format!("{visit}{ending}"));
    let one = |path: &str| [path.to_owned()];
    let year = "/follow-ups/sheet?form=hypertension&from=2026-01-01&to=2026-12-31";
    [
        page("follow-up form", under("/follow-up/hypertension")),
        page(
            "follow-up form, printed",
            under("/follow-up/diabetes/print"),
        ),
        page("follow-ups due", one("/follow-ups")),
        page("follow-ups as a file", one(year)),
    ]
}

/// Those that have one address.
fn plain() -> Vec<Page> {
    let all = [
        ("queue", "/"),
        ("queue, waiting room", "/display"),
        ("report, this month", "/reports"),
        ("report, printed", "/reports/print"),
        ("report, Excel", "/reports/xlsx"),
        ("infusion register", "/infusions"),
        ("infusion register, printed", "/infusions/print"),
        ("infusion register, Excel", "/infusions/xlsx"),
        ("outpatient log", "/outpatient-log"),
        ("outpatient log, printed", "/outpatient-log/print"),
        ("outpatient log, Excel", "/outpatient-log/xlsx"),
        ("day sheet", "/day/sheet"),
        ("day sheet, 80 mm", "/day/sheet-roll"),
        ("receipt register", "/receipts"),
        ("receipt register, Excel", "/receipts/xlsx"),
        ("owed by the fund", "/clearing"),
        ("owed by the fund, printed", "/clearing/print"),
        ("patients", "/patients"),
        ("today", "/today"),
        ("records not sent", "/uploads"),
        ("stock", "/stock"),
        ("templates", "/templates"),
        ("access log", "/accesses"),
        ("identify", "/identify"),
        ("self-pay", "/self-pay"),
        ("sign-in", "/login"),
    ];
    all.map(|(name, path)| page(name, vec![path.to_owned()]))
        .into()
}

/// An error if a page has nothing to ask for, or a route is asked by no page.
fn complete(lists: &[Vec<Page>]) -> Result<()> {
    let pages = || lists.iter().flatten();
    if let Some(empty) = pages().find(|page| page.asks.is_empty()) {
        bail!("nothing to ask for: {}", empty.name);
    }
    let routes = fs::read_to_string(run::root().join(ROUTES))?;
    let left: Vec<&str> = read_routes(&routes)
        .filter(|route| !NO_PAGE.contains(route) && !is_asked(pages(), route))
        .collect();
    ensure!(left.is_empty(), "no page asks for {left:?}: see {ROUTES}");
    Ok(())
}

/// The routes that are read, from the table's text: `get "/visits/{id}", …`.
fn read_routes(table: &str) -> impl Iterator<Item = &str> {
    let lines = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix("get \""));
    lines.filter_map(|rest| rest.split('"').next())
}

fn is_asked<'a>(pages: impl Iterator<Item = &'a Page>, route: &str) -> bool {
    let wanted: Vec<&str> = route.split('/').collect();
    let fits = |path: &str| {
        let plain = path.split('?').next().unwrap_or_default();
        let asked: Vec<&str> = plain.split('/').collect();
        let alike = |(a, w): (&&str, &&str)| a == w || w.starts_with('{');
        asked.len() == wanted.len() && asked.iter().zip(&wanted).all(alike)
    };
    let mut asks = pages.flat_map(|page| &page.asks);
    asks.any(|(path, _)| fits(path))
}

/// The distinct links of a page that begin so.
fn links(html: &str, begin: &str) -> BTreeSet<String> {
    let attributes = between(html, "href=\"", "\"").chain(between(html, "src=\"", "\""));
    let ours = attributes.filter(|link| {
        link.strip_prefix(begin)
            .is_some_and(|rest| !rest.is_empty())
    });
    ours.map(str::to_owned).collect()
}

/// Every text between two marks.
fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from)
        .skip(1)
        .filter_map(move |rest| rest.split(to).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_no_page_asks_for_is_seen() {
        let table = "    get \"/\", SignedIn => a::b;\n    post \"/x\", Anyone => a::c;\n\
                     get \"/visits/{id}\", Only(A::Treat) => a::d;\n";
        let routes: Vec<&str> = read_routes(table).collect();
        assert_eq!(routes, ["/", "/visits/{id}"]);
        let pages = [page("home", ["/?day=1".to_owned()])];
        assert!(is_asked(pages.iter(), "/") && !is_asked(pages.iter(), "/visits/{id}"));
        let pages = [page("visit", ["/visits/A".to_owned()])];
        assert!(
            is_asked(pages.iter(), "/visits/{id}")
                && !is_asked(pages.iter(), "/visits/{id}/messages")
        );
    }

    #[test]
    fn links_are_found_once() {
        let html = r#"<a href="/visits/A">1</a><a href="/visits/A">2</a><a href="/visits/">3</a>
                      <script src="/assets/x.js"></script><a href="/patients/B">"#;
        assert_eq!(Vec::from_iter(links(html, "/visits/")), ["/visits/A"]);
        assert_eq!(Vec::from_iter(links(html, "/assets/")), ["/assets/x.js"]);
    }
}
