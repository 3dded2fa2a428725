//! No page offers what its reader would be refused.

use cunyi_web::ROUTES;

use crate::cases::CASES;
use crate::house::{Browser, house};
use crate::world::ROLES;

/// True if a path is of a route: `{id}` stands for one segment.
fn fits(route: &str, path: &str) -> bool {
    let (route, path) = (route.split('/'), path.split('/'));
    route.clone().count() == path.clone().count()
        && route.zip(path).all(|(r, p)| r == p || r.starts_with('{'))
}

/// What stands in an attribute, wherever it stands in a page.
fn values<'a>(body: &'a str, attribute: &str) -> Vec<&'a str> {
    let parts = body.split(attribute).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// Links and forms of a page that lead this user to a refusal, or nowhere.
fn dead(body: &str, by: &Browser) -> Vec<String> {
    let offered = [
        ("get", " href=\""),
        ("get", " method=\"get\" action=\""),
        ("post", " method=\"post\" action=\""),
        ("post", " formaction=\""),
    ];
    let mut found = Vec::new();
    for (method, attribute) in offered {
        for address in values(body, attribute) {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let mut routes = ROUTES.iter();
            let route = routes.find(|(m, route, _)| *m == method && fits(route, path));
            let good = route.is_some_and(|(_, _, access)| access.admits(&by.actor));
            if path.starts_with('/') && !good {
                found.push(format!("{method} {path}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn no_page_offers_what_its_reader_would_be_refused() {
    let house = house();
    let (mut links, mut all) = (0, Vec::new());
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        for login in ROLES {
            let by = house.sign_in(login);
            if *method != "get" || !access.admits(&by.actor) {
                continue;
            }
            let ask = (case.ask)(&house, &by.actor);
            let answer = house.ask(&by, &ask).await;
            let dead = dead(&answer.body, &by);
            let new = dead
                .into_iter()
                .map(|dead| format!("{login} at {path}: {dead}"));
            all.extend(new);
            links += values(&answer.body, " href=\"").len();
        }
    }
    assert!(all.is_empty(), "{all:#?}");
    assert!(links > 500, "pages have links: {links}");
}
