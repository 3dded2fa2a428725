//! `rhai`: the script is compiled once, the scope is kept and its values are set in place.

use anyhow::{Result, anyhow};
use rhai::{Dynamic, Engine, Scope};

use crate::hard::{CAP_A_VISIT, CAP_A_YEAR, DEDUCTIBLE, RATIO};
use crate::{Runner, Sums};

/// The policy. `if` is faster here than a call of `min`.
const SCRIPT: &str = "
    let in_scope = a + b - (b * 10 + 50) / 100;
    let left = DEDUCTIBLE - used;
    let deductible = if in_scope < left { in_scope } else { left };
    let fund = ((in_scope - deductible) * ratio + 50) / 100;
    if fund > CAP_A_VISIT { fund = CAP_A_VISIT; }
    if fund > CAP_A_YEAR - paid { fund = CAP_A_YEAR - paid; }
    used += deductible;
    paid += fund;
    fund
";

/// The runner.
pub fn peer() -> Result<Runner> {
    let engine = Engine::new();
    let mut constants = Scope::new();
    constants.push_constant("DEDUCTIBLE", DEDUCTIBLE);
    constants.push_constant("CAP_A_VISIT", CAP_A_VISIT);
    constants.push_constant("CAP_A_YEAR", CAP_A_YEAR);
    // Constants that the compiler sees are put into the script.
    let script = engine.compile_with_scope(&constants, SCRIPT)?;
    Ok(Box::new(move |persons| {
        let mut scope = Scope::new();
        for name in ["ratio", "a", "b", "used", "paid"] {
            scope.push(name, 0_i64);
        }
        let kept = scope.len();
        let mut sums = Sums::default();
        for person in persons {
            set(&mut scope, "used", 0)?;
            set(&mut scope, "paid", 0)?;
            set(&mut scope, "ratio", RATIO[usize::from(person.level)])?;
            for claim in &person.claims {
                set(&mut scope, "a", claim.a.into())?;
                set(&mut scope, "b", claim.b.into())?;
                let fund: i64 = engine
                    .eval_ast_with_scope(&mut scope, &script)
                    .map_err(|e| anyhow!("{e}"))?;
                scope.rewind(kept);
                sums.fund += fund;
                sums.patient += i64::from(claim.a + claim.b + claim.c) - fund;
            }
        }
        Ok(sums)
    }))
}

fn set(scope: &mut Scope, name: &str, value: i64) -> Result<()> {
    let place = scope
        .get_mut(name)
        .ok_or_else(|| anyhow!("no variable {name}"))?;
    *place = Dynamic::from_int(value);
    Ok(())
}
