//! What the program itself adds to a settlement: a clinic settles through the sandbox over real HTTP,
//! files with `synchronous=OFF`. What was spent in the calls is taken off. Run by `cargo xtask bench settle`.

use std::error::Error;
use std::net::TcpListener as Std;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cunyi_app::views::{DraftBody, DraftLine, IdentifyForm, RegisterForm};
use cunyi_app::{Actor, App, Parts};
use cunyi_catalogue::ServiceRole;
use cunyi_db::{Durability, Target};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Method;
use cunyi_domain::time::{Clock, Rng};
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};
use cunyi_gateway::HttpTransport;
use cunyi_sim::dice::{SeededRng, SimClock};
use cunyi_sim::plan::Plan;
use cunyi_sim::{CLINIC, DRUGS, Folder, Template};
use cunyi_store::{InstallationKey, Store};
use tokio::net::TcpListener;

/// Microseconds beside the calls, and in them.
type Spent = (u128, u128);
type Fallible<T> = Result<T, Box<dyn Error>>;

/// Visits that are settled; the first ones warm up.
const VISITS: usize = 60;
const WARM: usize = 10;

/// Counts how long the calls take.
#[derive(Default)]
struct Timed {
    inner: HttpTransport,
    nanoseconds: AtomicU64,
}

impl Transport for Timed {
    fn send(&self, request: &Request, deadline: Duration) -> Result<Reply, TransportError> {
        let start = now();
        let came = self.inner.send(request, deadline);
        let spent = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        came
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench owns a wall clock")]
fn now() -> Instant {
    Instant::now()
}

/// A clinic whose centre answers over HTTP.
struct World {
    app: App,
    doctor: Actor,
    template: Template,
    line: Arc<Timed>,
    _folder: Folder,
}

impl World {
    fn new(runtime: &tokio::runtime::Runtime) -> Fallible<Self> {
        let template = Template::new()?;
        let plan = Plan {
            queries: true,
            shared: true,
            three: false,
            ..Plan::of(1)
        };
        let folder = Folder::new()?;
        template.copy(&plan, &folder)?;
        let clock = Arc::new(SimClock::at(template.morning));
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(7));
        let centre = template.centre_of(&plan, &folder, &clock, &rng)?;
        let listener = Std::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let served = runtime.block_on(async { TcpListener::from_std(listener) })?;
        runtime.spawn(cunyi_centre::serve(centre, served, std::future::pending()));
        let line = Arc::new(Timed::default());
        let target = Target::File(folder.file(CLINIC));
        let key = InstallationKey::new([9; 32]);
        let app = App::new(Parts {
            store: Store::open(target, Durability::Scratch, key)?,
            catalogue: Arc::clone(&template.catalogue),
            transport: Arc::clone(&line) as _,
            clock: clock as Arc<dyn Clock>,
            rng,
            centre_url: Some(url),
        });
        Ok(Self {
            app,
            doctor: template.staff(&plan).doctors[0][0].clone(),
            template,
            line,
            _folder: folder,
        })
    }

    fn frozen(&self, number: usize) -> Fallible<VisitId> {
        let person = &self.template.well[number % self.template.well.len()];
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            typed: true,
            ..IdentifyForm::default()
        };
        let form = RegisterForm {
            handle: self.app.identify(&self.doctor, &form)?.handle,
            ..RegisterForm::default()
        };
        let visit = self.app.register(&self.doctor, &form)?;
        let version = self.app.visit(&self.doctor, &visit)?.draft_version;
        self.app
            .freeze(&self.doctor, &visit, version, &self.body())?;
        Ok(visit)
    }

    /// A drug for a day and the consultation.
    fn body(&self) -> DraftBody {
        let lists = &self.template.catalogue;
        let drug = lists.drugs().iter().find(|d| d.name == DRUGS[0]);
        let drug = drug.map(|drug| DraftLine {
            code: drug.code.clone(),
            dose: drug.dose.map(|d| d.to_string()).unwrap_or_default(),
            route: drug.route.code.to_owned(),
            frequency: drug.frequency.code.to_owned(),
            days: "1".to_owned(),
            ..DraftLine::default()
        });
        let mut services = lists.services().iter();
        let fee = services.find(|s| s.role == ServiceRole::General);
        let fee = fee.map(|fee| DraftLine {
            code: fee.code.clone(),
            ..DraftLine::default()
        });
        DraftBody {
            complaint: "咽痛、流涕 2 天".to_owned(),
            temperature: "37.2".to_owned(),
            diagnoses: vec!["J06.900".to_owned()],
            lines: fee.into_iter().chain(drug).collect(),
            own_pay_consent: true,
            ..DraftBody::default()
        }
    }

    /// Microseconds that some work took beside its calls, and in them.
    fn timed(&self, work: impl FnOnce() -> cunyi_app::Result<()>) -> Fallible<Spent> {
        self.line.nanoseconds.store(0, Ordering::Relaxed);
        let start = now();
        work()?;
        let all = start.elapsed();
        let calls = Duration::from_nanos(self.line.nanoseconds.load(Ordering::Relaxed));
        Ok((all.saturating_sub(calls).as_micros(), calls.as_micros()))
    }
}

fn main() -> Fallible<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let world = World::new(&runtime)?;
    let (app, doctor) = (&world.app, &world.doctor);
    let (mut computed, mut settled) = (Vec::new(), Vec::new());
    for number in 0..VISITS {
        let visit = world.frozen(number)?;
        computed.push(world.timed(|| app.presettle(doctor, &visit))?);
        let batches = app.visit(doctor, &visit)?.batches;
        let shown: Vec<_> = batches.iter().map(|b| (b.id.clone(), b.cash)).collect();
        settled.push(world.timed(|| app.settle(doctor, &visit, &shown, Method::Cash))?);
    }
    report("2203, 2204, 2206", &computed[WARM..]);
    report("2207", &settled[WARM..]);
    let both = |(a, b): (&Spent, &Spent)| (a.0 + b.0, a.1 + b.1);
    let sums: Vec<_> = computed.iter().zip(&settled).map(both).collect();
    let ours = report("a settlement", &sums[WARM..]);
    println!("ours of a settlement, us: {ours}");
    Ok(())
}

/// Prints medians; answers ours.
fn report(name: &str, all: &[Spent]) -> u128 {
    let median = |part: fn(&Spent) -> u128| {
        let mut values: Vec<u128> = all.iter().map(part).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let (ours, calls) = (median(|t| t.0), median(|t| t.1));
    println!(
        "{name}: ours {ours} us, the calls {calls} us (medians of {})",
        all.len()
    );
    ours
}
