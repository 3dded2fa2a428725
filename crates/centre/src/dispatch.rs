//! From a transaction's number to its function, in one database transaction.

use cunyi_db::{DbError, Tx};
use cunyi_domain::row;
use cunyi_domain::time::Moment;
use cunyi_gateway::message::{self as m, Data, Nothing, Transaction};
use cunyi_gateway::{Lenient, Node, Unreadable};

use crate::call::{Call, Stop, refuse, text};
use crate::centre::Centre;
use crate::envelope::Envelope;
use crate::ledger::{MessageRow, SignInRow};
use crate::{
    audit, clearing, fees, history, mapping, person, record, reverse, settle, statement, visit,
};

row! {
    /// How often a msgid came.
    pub struct Seen {
        /// Times.
        pub times: i64,
    }
}

fn seen(tx: &mut Tx<'_>, number: &str) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS times FROM message WHERE number = ?";
    let rows: Vec<Seen> = tx.query(sql, vec![text(number)])?;
    Ok(rows.first().map_or(0, |row| row.times))
}

/// Notes a message that was not done: a row of its own, however often its msgid came.
pub(crate) fn log(
    tx: &mut Tx<'_>,
    envelope: &Envelope,
    received: Moment,
    outcome: &str,
    words: &str,
) -> Result<(), DbError> {
    let position = seen(tx, &envelope.msgid)? + 1;
    tx.insert(row(envelope, received, position, outcome, words))
}

fn row(
    envelope: &Envelope,
    received: Moment,
    position: i64,
    outcome: &str,
    words: &str,
) -> MessageRow {
    MessageRow {
        number: envelope.msgid.clone(),
        position,
        transaction_number: envelope.infno.clone(),
        institution: envelope.institution.clone(),
        received_at: received,
        outcome: outcome.to_owned(),
        text: words.to_owned(),
    }
}

/// What is answered when all went well.
pub(crate) enum Done {
    /// The output of an envelope.
    Output(Node),
    /// A file, without an envelope.
    File(Vec<u8>),
}

/// Does what the envelope asks for: the output, or a refusal in words and nothing done. The msgid is
/// noted with the deed, so that of two at once only one is done.
pub(crate) fn run(
    centre: &Centre,
    envelope: &Envelope,
    received: Moment,
    outcome: &str,
) -> Result<Done, String> {
    let done = centre.db.transact("transaction", |tx| {
        if !tx.insert_if_absent(row(envelope, received, 1, outcome, ""))? {
            return refuse("发送方报文ID重复，请勿重复提交");
        }
        let mut call = Call {
            centre,
            tx,
            envelope,
            now: received,
        };
        check_sign_in(&mut call)?;
        dispatch(&mut call)
    });
    match done {
        Ok(Done::Output(output)) => Ok(Done::Output(centre.region.theirs(output))),
        Ok(file) => Ok(file),
        Err(Stop::Refused(words)) => Err(words),
        Err(Stop::Db(error)) => {
            tracing::error!(%error, infno = envelope.infno, "transaction");
            Err("FSI-系统内部错误，请稍后再试".to_owned())
        }
    }
}

/// A sign-in number that is given must hold: this institution's, of today, not signed out (§1.7).
fn check_sign_in(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    if call.envelope.sign_no.is_empty() || call.envelope.infno.starts_with("900") {
        return Ok(());
    }
    let values = vec![
        text(&call.envelope.sign_no),
        text(&call.envelope.institution),
    ];
    let rest = "WHERE number = ? AND institution = ? AND ended_at IS NULL";
    let found: Option<SignInRow> = call.tx.find(rest, values)?;
    let today = call.now.date();
    match found {
        Some(sign_in) if sign_in.signed_at.date() == today => Ok(()),
        _ => refuse("签到流水号无效或已过期，请重新签到"),
    }
}

fn read<T: Transaction>(call: &Call<'_, '_>) -> Result<T::Input, Stop> {
    let wrong = |field: Unreadable| format!("FSI-交易报文不正确：{}格式不正确", field.0);
    T::Input::read(&call.envelope.input).map_err(|field| Stop::Refused(wrong(field)))
}

/// Reads the input, does the transaction, gives the output.
fn go<T: Transaction>(
    call: &mut Call<'_, '_>,
    work: impl FnOnce(&mut Call<'_, '_>, &T::Input) -> Result<T::Output, Stop>,
) -> Result<Node, Stop> {
    let input = read::<T>(call)?;
    let output = work(call, &input)?;
    let output = Node::of(&output);
    output
        .map(nothing_is_null)
        .map_err(|_| Stop::Refused("FSI-系统内部错误".to_owned()))
}

/// What a field has nothing to say is `null` in real replies (§2.12).
fn nothing_is_null(node: Node) -> Node {
    match node {
        Node::Text(text) if text.is_empty() => Node::Null,
        Node::List(items) => Node::List(items.into_iter().map(nothing_is_null).collect()),
        Node::Object(pairs) => {
            let null = |(key, value)| (key, nothing_is_null(value));
            Node::Object(pairs.into_iter().map(null).collect())
        }
        other => other,
    }
}

/// A function of `data`.
fn data<I, O>(
    work: fn(&mut Call<'_, '_>, &I) -> Result<O, Stop>,
) -> impl FnOnce(&mut Call<'_, '_>, &Data<I>) -> Result<O, Stop> {
    move |call, input| work(call, &input.data)
}

/// A function of `data` that answers nothing.
fn quiet<I>(
    work: fn(&mut Call<'_, '_>, &I) -> Result<(), Stop>,
) -> impl FnOnce(&mut Call<'_, '_>, &Data<I>) -> Result<Nothing, Stop> {
    move |call, input| work(call, &input.data).map(|()| Nothing)
}

fn dispatch(call: &mut Call<'_, '_>) -> Result<Done, Stop> {
    if call.envelope.infno == "9102" {
        let input = read::<m::T9102>(call)?;
        return statement::download(call, &input.download).map(Done::File);
    }
    answer(call).map(Done::Output)
}

fn answer(call: &mut Call<'_, '_>) -> Result<Node, Stop> {
    let envelope = call.envelope;
    match envelope.infno.as_str() {
        "1101" => go::<m::T1101>(call, data(person::identify)),
        "2001" => go::<m::T2001>(call, data(person::entitlement)),
        "2201" => go::<m::T2201>(call, |c, i| visit::register(c, &i.data).map(Data::from)),
        "2202" => go::<m::T2202>(call, quiet(visit::cancel)),
        "2203" | "2203A" => go::<m::T2203>(call, |c, i| visit::diagnose(c, i).map(|()| Nothing)),
        "2204" => go::<m::T2204>(call, fees::upload),
        "2205" => go::<m::T2205>(call, quiet(fees::take_back)),
        "2206" | "2206A" => go::<m::T2206>(call, data(settle::presettle)),
        "2207" | "2207A" => go::<m::T2207>(call, settle::settle),
        "2208" => go::<m::T2208>(call, data(reverse::reverse)),
        "2601" => go::<m::T2601>(call, quiet(reverse::undo)),
        "3101" => go::<m::T3101>(call, data(audit::audit)),
        "3102" => go::<m::T3102>(call, data(audit::audit)),
        "3201" => go::<m::T3201>(call, data(statement::totals)),
        "3202" => go::<m::T3202>(call, data(statement::details)),
        "3203" => go::<m::T3203>(call, data(clearing::apply)),
        "3204" => go::<m::T3204>(call, quiet(clearing::cancel)),
        "3301" => go::<m::T3301>(call, quiet(mapping::map)),
        "3302" => go::<m::T3302>(call, quiet(mapping::cancel)),
        "4301" => go::<m::T4301>(call, |c, i| record::upload(c, i).map(|()| Nothing)),
        "5201" => go::<m::T5201>(call, data(visit::query)),
        "5202" => go::<m::T5202>(call, data(history::diagnoses)),
        "5203" => go::<m::T5203>(call, data(settle::query)),
        "5204" => go::<m::T5204>(call, data(fees::query)),
        "5205" => go::<m::T5205>(call, data(history::medication)),
        "5206" => go::<m::T5206>(call, data(person::accumulators)),
        "5301" => go::<m::T5301>(call, data(person::filings)),
        "5302" => go::<m::T5302>(call, data(history::designations)),
        "9001" => go::<m::T9001>(call, |c, i| person::sign_in(c, &i.sign_in)),
        "9002" => go::<m::T9002>(call, |c, i| person::sign_out(c, &i.sign_out)),
        "9101" => go::<m::T9101>(call, |c, i| statement::upload(c, &i.upload)),
        _ => refuse("FSI-FSI-交易报文不正确：未知交易编号！"),
    }
}
