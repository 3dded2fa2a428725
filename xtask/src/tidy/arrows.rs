//! Which room may use which (design, "Rooms"). Test code may use any: a test of `app` may well
//! start the sandbox centre.

use super::{Finding, Tree, array, members, relative, text};

/// The rooms and what each may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("cunyi-domain", &[]),
    ("cunyi-policy", &["cunyi-domain"]),
    ("cunyi-study", &["cunyi-domain", "cunyi-policy"]),
    ("cunyi-catalogue", &["cunyi-domain"]),
    ("cunyi-followup", &["cunyi-domain"]),
    ("cunyi-gateway", &["cunyi-domain"]),
    ("cunyi-db", &["cunyi-domain"]),
    ("cunyi-store", &["cunyi-domain", "cunyi-db"]),
    (
        "cunyi-app",
        &[
            "cunyi-domain",
            "cunyi-policy",
            "cunyi-catalogue",
            "cunyi-followup",
            "cunyi-gateway",
            "cunyi-db",
            "cunyi-store",
        ],
    ),
    (
        "cunyi-centre",
        &["cunyi-domain", "cunyi-policy", "cunyi-gateway", "cunyi-db"],
    ),
    (
        "cunyi-web",
        &[
            "cunyi-app",
            "cunyi-domain",
            "cunyi-catalogue",
            "cunyi-followup",
        ],
    ),
    (
        "cunyi-server",
        &[
            "cunyi-domain",
            "cunyi-policy",
            "cunyi-study",
            "cunyi-catalogue",
            "cunyi-gateway",
            "cunyi-db",
            "cunyi-store",
            "cunyi-app",
            "cunyi-centre",
            "cunyi-web",
        ],
    ),
    // The simulator stands where the server does, with a line of its own between clinic and centre.
    (
        "cunyi-sim",
        &[
            "cunyi-domain",
            "cunyi-policy",
            "cunyi-catalogue",
            "cunyi-gateway",
            "cunyi-db",
            "cunyi-store",
            "cunyi-app",
            "cunyi-centre",
        ],
    ),
    ("xtask", &[]),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in members(&tree.metadata) {
        let name = text(package, "name");
        let manifest = relative(&tree.metadata, text(package, "manifest_path"));
        let Some((_, allowed)) = MAY_USE.iter().find(|(room, _)| *room == name) else {
            findings.push(Finding::new(manifest, 1, "this room is not in the table"));
            continue;
        };
        for dependency in array(package, "dependencies") {
            let used = text(dependency, "name");
            let ours = dependency["path"].is_string();
            let for_tests = text(dependency, "kind") == "dev";
            if ours && !for_tests && !allowed.contains(&used) {
                let what = format!("{name} may not use {used}");
                findings.push(Finding::new(manifest, 1, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn package(name: &str, uses: &[Value]) -> Tree {
        Tree::with(json!({
            "workspace_root": "/w",
            "workspace_members": ["it"],
            "packages": [{
                "id": "it", "name": name, "manifest_path": "/w/x/Cargo.toml", "dependencies": uses,
            }],
        }))
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_found() {
        let domain = json!({ "name": "cunyi-domain", "path": "/w/domain", "kind": null });
        let store = json!({ "name": "cunyi-store", "path": "/w/store", "kind": null });
        let test = json!({ "name": "cunyi-store", "path": "/w/store", "kind": "dev" });
        let serde = json!({ "name": "serde", "path": null, "kind": null });
        let allowed = package("cunyi-policy", &[domain, test, serde]);
        assert_eq!(check(&allowed), []);
        let what = "cunyi-policy may not use cunyi-store";
        let expected = Finding::new("x/Cargo.toml", 1, what);
        assert_eq!(check(&package("cunyi-policy", &[store])), [expected]);
        assert_eq!(check(&package("cunyi-attic", &[])).len(), 1);
    }
}
