//! Asking the centre about a day: all of it questions, which change nothing there and are not recorded.

use std::collections::{BTreeMap, BTreeSet};

use cunyi_domain::ledger::SettlementKind;
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::reconcile::{
    Answer, Compared, Detail, Evidence, Group, Money, Ours, Standing, Theirs, Verdict, sums,
};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date_time;
use cunyi_gateway::message::statement::{
    DetailTotals, DownloadInput, FileBytes, FilePlace, FileQuery, FileUpload, Totals, UploadInput,
};
use cunyi_gateway::message::{Data, T3201, T3202, T5203, T9101, T9102, Transaction, query};
use cunyi_gateway::statement_file::{Line, pack, unpack};
use cunyi_gateway::{Amount, Count, Outcome};
use cunyi_store::books::Booked;

use super::books::{Books, group_of, possible, signed};
use crate::error::{AppError, Result};
use crate::step::Caller;

/// 平
const EQUAL: &str = "000000";
/// For how many settlements that the centre does not have on this day 5203 is asked.
const MOST_ASKED: usize = 20;

/// 3201 for every group; 9101, 3202 and 9102 where it differs or something is lost; 5203 for what is only here.
pub(super) fn ask(caller: &Caller<'_>, books: &Books) -> Result<Evidence> {
    let asking = Asking { caller, books };
    let ours = books.ours(asking.region());
    let compared: Vec<Compared> = asking
        .groups()
        .into_iter()
        .map(|group| asking.totals(&ours, group))
        .collect();
    let differ = compared.iter().filter(|c| c.answer == Answer::Different);
    // What is lost may stand there and even out with what stands here alone: then the totals agree.
    let lost = ours.iter().filter(|row| row.standing == Standing::InFlight);
    let lost = lost.filter_map(|row| row.group.as_ref());
    let groups = differ.map(|c| &c.group).chain(lost);
    let places: BTreeSet<(&str, &str)> = groups.map(place).collect();
    let details: Vec<Detail> = places
        .into_iter()
        .map(|place| asking.details(place))
        .collect::<Result<_>>()?;
    let settled_on = asking.settled_on(&details);
    Ok(Evidence {
        compared,
        details,
        settled_on,
    })
}

/// The lines of a day at one clearing place, as the centre has them; none where it does not tell.
pub(super) fn lines(caller: &Caller<'_>, books: &Books, group: &Group) -> Result<Vec<Theirs>> {
    let asking = Asking { caller, books };
    let detail = asking.details(place(group))?;
    Ok(detail.lines.unwrap_or_default())
}

/// True if the centre says that it has paid one of ours back.
pub(super) fn paid_back_there(caller: &Caller<'_>, books: &Books, row: &Booked) -> bool {
    let found = Asking { caller, books }.settlement(row);
    found.is_some_and(|found| found.is_paid_back())
}

struct Asking<'a> {
    caller: &'a Caller<'a>,
    books: &'a Books,
}

impl Asking<'_> {
    fn region(&self) -> &cunyi_gateway::Region {
        &self.caller.setup.gateway.region
    }

    /// An output, if the centre gave one.
    fn output<T: Transaction>(&self, input: &T::Input) -> Option<T::Output> {
        match self.caller.ask::<T>("", input) {
            Outcome::Success(success) => Some(success.output),
            Outcome::Refused(_) | Outcome::Unknown(_) | Outcome::NotSent { .. } => None,
        }
    }

    /// What is settled that day, and what could have been: also where we have nothing, the centre may.
    fn groups(&self) -> BTreeSet<Group> {
        let region = self.region();
        let day = self.books.day;
        let today = self.books.booked();
        let today = today.filter(|row| row.settled_at.date() == day);
        let mut groups: BTreeSet<Group> = today.filter_map(|row| group_of(region, row)).collect();
        groups.extend(possible(&self.caller.setup));
        groups
    }

    /// 3201
    fn totals(&self, ours: &[Ours], group: Group) -> Compared {
        let day = self.books.day;
        let asked = sums(day, ours, Some(&group));
        let config = &self.region().statement;
        let flag = if config.send_refd_setl_flag { "1" } else { "" };
        let input = Data::from(Totals {
            insutype: group.scheme.clone(),
            clr_type: group.clearing_type.clone(),
            setl_optins: group.office.clone(),
            stmt_begndate: day.to_string(),
            stmt_enddate: config.end(day),
            medfee_sumamt: asked.money.total.into(),
            fund_pay_sumamt: asked.money.fund.into(),
            acct_pay: asked.money.account.into(),
            fixmedins_setl_cnt: count(asked.count),
            refd_setl_flag: flag.to_owned(),
        });
        let answer = match self.output::<T3201>(&input) {
            Some(compared) if compared.stmtinfo.stmt_rslt == EQUAL => Answer::Equal,
            Some(_) => Answer::Different,
            None => Answer::Silent,
        };
        Compared {
            group,
            asked,
            answer,
        }
    }

    /// 9101, 3202, 9102. A file that is too long to be sent is a failure of ours; one that does not
    /// come, or cannot be read, leaves the lines out.
    fn details(&self, (clearing_type, office): (&str, &str)) -> Result<Detail> {
        let (region, day) = (self.region(), self.books.day);
        let of_place = |row: &&Booked| {
            let group = group_of(region, row);
            row.settled_at.date() == day
                && group.is_some_and(|g| g.clearing_type == clearing_type && g.office == office)
        };
        let rows: Vec<&Booked> = self.books.booked().filter(of_place).collect();
        let upload: Vec<Line> = rows.iter().map(|row| line(row)).collect();
        let packed = pack("stmt.txt", &upload, &region.statement.upload_columns)
            .map_err(|fault| AppError::Failed(format!("statement file: {fault}")))?;
        let lines = self.compared(&rows, packed, clearing_type, office);
        Ok(Detail {
            clearing_type: clearing_type.to_owned(),
            office: office.to_owned(),
            lines,
        })
    }

    fn compared(
        &self,
        rows: &[&Booked],
        packed: Vec<u8>,
        clearing_type: &str,
        office: &str,
    ) -> Option<Vec<Theirs>> {
        let (config, day) = (&self.region().statement, self.books.day);
        let institution = &self.caller.setup.gateway.institution.code;
        let name = format!("{institution}_{day}_{clearing_type}_{office}.zip");
        let upload = UploadInput {
            upload: FileUpload {
                content: FileBytes {
                    bytes: packed,
                    form: config.upload_bytes,
                },
                filename: name,
                fixmedins_code: institution.clone(),
            },
        };
        let place = self.output::<T9101>(&upload)?;
        let sum = |of: fn(&Booked) -> Fen| -> Amount {
            rows.iter()
                .map(|row| signed(row.kind, of(row)))
                .sum::<Fen>()
                .into()
        };
        let totals = Data::from(DetailTotals {
            setl_optins: office.to_owned(),
            file_qury_no: place.file_qury_no,
            stmt_begndate: day.to_string(),
            stmt_enddate: config.end(day),
            medfee_sumamt: sum(|row| row.total),
            fund_pay_sumamt: sum(|row| row.fund),
            cash_payamt: sum(|row| row.cash),
            fixmedins_setl_cnt: count(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
            clr_type: clearing_type.to_owned(),
        });
        let result = self.output::<T3202>(&totals)?;
        let archive = self.output::<T9102>(&self.download(result.fileinfo))?;
        let lines = unpack(&archive.0, &config.result_columns)
            .inspect_err(|fault| tracing::warn!(%fault, "result file of 3202"));
        Some(
            lines
                .ok()?
                .into_iter()
                .map(|line| self.theirs(line))
                .collect(),
        )
    }

    /// A line of the result; whose it is, its msgid tells.
    fn theirs(&self, line: Line) -> Theirs {
        Theirs {
            kind: if line.refd_setl_flag == "1" {
                SettlementKind::Reversal
            } else {
                SettlementKind::Settlement
            },
            verdict: Verdict::from_text(&line.stmt_rslt).unwrap_or(Verdict::Different),
            money: Money {
                total: line.medfee_sumamt.or_zero(),
                fund: line.fund_pay_sumamt.or_zero(),
                account: line.acct_pay.or_zero(),
            },
            elsewhere: self.books.is_elsewhere(&line.msgid),
            settlement: line.setl_id,
            visit: line.mdtrt_id,
            message: line.msgid,
        }
    }

    fn download(&self, place: FilePlace) -> DownloadInput {
        DownloadInput {
            download: FileQuery {
                file_qury_no: place.file_qury_no,
                filename: place.filename,
                fixmedins_code: self.caller.setup.gateway.institution.code.clone(),
            },
        }
    }

    /// 5203 of one of ours.
    fn settlement(&self, row: &Booked) -> Option<query::SettlementFound> {
        let input = Data::from(query::SettlementQuery {
            psn_no: row.person_number.clone()?,
            setl_id: row.platform_settlement.clone(),
            mdtrt_id: row.platform_visit.clone()?,
        });
        self.output::<T5203>(&input)
    }

    /// 5203 says on which day a settlement stands that the centre does not list on this one.
    fn settled_on(&self, details: &[Detail]) -> BTreeMap<String, Date> {
        let lines = details.iter().flat_map(|d| d.lines.iter().flatten());
        let only_here = lines.filter(|line| line.verdict == Verdict::OnlyHere);
        let asked = only_here.take(MOST_ASKED).filter_map(|line| {
            let mut booked = self.books.booked();
            let row = booked.find(|row| row.platform_settlement == line.settlement)?;
            let found = self.settlement(row)?;
            let time = parse_date_time(&found.setlinfo.setl_time)?;
            Some((line.settlement.clone(), time.date()))
        });
        asked.collect()
    }
}

/// Of which file a group's lines are: of which kind of clearing, by which office.
fn place(group: &Group) -> (&str, &str) {
    (&group.clearing_type, &group.office)
}

fn count(number: i64) -> Count {
    Quantity::whole(number).into()
}

/// A line of the upload; a reversal's amounts are negative.
fn line(row: &Booked) -> Line {
    let amount = |fen| Amount::from(signed(row.kind, fen));
    let reversal = row.kind == SettlementKind::Reversal;
    Line {
        psn_no: row.person_number.clone().unwrap_or_default(),
        mdtrt_id: row.platform_visit.clone().unwrap_or_default(),
        setl_id: row.platform_settlement.clone(),
        msgid: row.message.clone(),
        refd_setl_flag: if reversal { "1" } else { "0" }.to_owned(),
        medfee_sumamt: amount(row.total),
        fund_pay_sumamt: amount(row.fund),
        acct_pay: amount(row.account),
        ..Line::default()
    }
}
