//! `zen`: its decision graph with one expression node, and its expressions alone.
//!
//! Neither keeps anything between claims: what the year has used goes in and comes out each time.

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use zen_engine::Decision;
use zen_engine::model::GraphContent;
use zen_expression::scope::Scope;
use zen_expression::variable::{Variable, VariableMap};
use zen_expression::vm::VM;
use zen_expression::{Expression, compile_expression, expression::Standard};

use crate::claims::Claim;
use crate::hard::{CAP_A_VISIT, CAP_A_YEAR, DEDUCTIBLE, RATIO};
use crate::{Runner, Sums};

/// What the policy works out, one after the other, each under its name. `? :` is faster than `min`.
fn expressions(own: &str) -> [(&'static str, String); 4] {
    let own = |name: &str| format!("{own}{name}");
    let (in_scope, deductible, wanted) = (own("in_scope"), own("deductible"), own("wanted"));
    [
        ("in_scope", "a + b - round(b / 10)".to_owned()),
        (
            "deductible",
            format!("{in_scope} < {DEDUCTIBLE} - used ? {in_scope} : {DEDUCTIBLE} - used"),
        ),
        (
            "wanted",
            format!("round(({in_scope} - {deductible}) * ratio / 100)"),
        ),
        (
            "fund",
            format!(
                "{wanted} < {CAP_A_YEAR} - paid ? ({wanted} < {CAP_A_VISIT} ? {wanted} : {CAP_A_VISIT}) \
                 : ({CAP_A_YEAR} - paid < {CAP_A_VISIT} ? {CAP_A_YEAR} - paid : {CAP_A_VISIT})"
            ),
        ),
    ]
}

/// What the year has used.
#[derive(Default)]
struct Year {
    used: i64,
    paid: i64,
}

fn number(value: i64) -> Variable {
    Variable::Number(value.into())
}

fn read(value: &Variable) -> Result<i64> {
    let number = value.as_number().context("no number")?;
    i64::try_from(number).map_err(|e| anyhow!("{e}"))
}

impl Year {
    /// What a claim adds: the sums grow, too.
    fn add(&mut self, claim: &Claim, deductible: i64, fund: i64, sums: &mut Sums) {
        self.used += deductible;
        self.paid += fund;
        sums.fund += fund;
        sums.patient += i64::from(claim.a + claim.b + claim.c) - fund;
    }

    /// What a claim goes in with.
    fn inputs(&self, claim: &Claim, ratio: i64) -> [(&'static str, i64); 5] {
        let (a, b) = (claim.a.into(), claim.b.into());
        [
            ("a", a),
            ("b", b),
            ("ratio", ratio),
            ("used", self.used),
            ("paid", self.paid),
        ]
    }
}

/// Expressions alone, compiled, on one machine, values set in place.
pub fn expression() -> Result<Runner> {
    let compile = |(name, text): (&'static str, String)| Ok((name, compile_expression(&text)?));
    let compiled: Vec<(&str, Expression<Standard>)> = expressions("")
        .into_iter()
        .map(compile)
        .collect::<Result<_>>()?;
    Ok(Box::new(move |persons| {
        let mut machine = VM::new();
        let mut scope = Scope::default();
        let mut sums = Sums::default();
        for person in persons {
            let mut year = Year::default();
            let ratio = RATIO[usize::from(person.level)];
            for claim in &person.claims {
                for (name, value) in year.inputs(claim, ratio) {
                    scope.set_local(Variable::key(name), number(value));
                }
                let mut out = [0; 4];
                for ((name, expression), out) in compiled.iter().zip(&mut out) {
                    let value = expression.evaluate_with_scope(&scope, &mut machine)?;
                    *out = read(&value)?;
                    scope.set_local(Variable::key(name), value);
                }
                year.add(claim, out[1], out[3], &mut sums);
            }
        }
        Ok(sums)
    }))
}

/// A decision graph: input, one expression node, output; compiled.
pub fn engine() -> Result<Runner> {
    let mut decision = Decision::from(serde_json::from_value::<GraphContent>(graph())?);
    decision.compile();
    decision.validate().map_err(|e| anyhow!("{e:?}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(Box::new(move |persons| {
        runtime.block_on(async {
            let mut sums = Sums::default();
            for person in persons {
                let mut year = Year::default();
                let ratio = RATIO[usize::from(person.level)];
                for claim in &person.claims {
                    let inputs = year.inputs(claim, ratio).into_iter();
                    let inputs: VariableMap = inputs
                        .map(|(name, value)| (Variable::key(name), number(value)))
                        .collect();
                    let answer = decision.evaluate(Variable::from_object(inputs)).await;
                    let answer = answer.map_err(|e| anyhow!("{e:?}"))?.result;
                    let of = |name| read(&answer.dot(name).context("no result")?);
                    year.add(claim, of("deductible")?, of("fund")?, &mut sums);
                }
            }
            Ok(sums)
        })
    }))
}

fn graph() -> Value {
    let expressions: Vec<Value> = expressions("$.")
        .into_iter()
        .map(|(name, text)| json!({ "id": name, "key": name, "value": text }))
        .collect();
    json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "policy", "name": "policy", "type": "expressionNode", "content": { "expressions": expressions } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} },
        ],
        "edges": [
            { "id": "1", "sourceId": "in", "targetId": "policy", "type": "edge" },
            { "id": "2", "sourceId": "policy", "targetId": "out", "type": "edge" },
        ],
    })
}
