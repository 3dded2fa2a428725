//! Bodies of forms: bounded, strictly UTF-8, without U+0000.

use cunyi_app::views::{Decoction, DraftBody, DraftLine, IdentifyForm, PatientForm, RegisterForm};
use cunyi_domain::refusal::{Code, Refusal};

/// Largest body of a request, in bytes.
pub const MAX_BODY: usize = 256 * 1024;
/// Most lines of a prescription.
pub const MAX_LINES: usize = 60;
/// Most diagnoses of a visit.
pub const MAX_DIAGNOSES: usize = 12;
/// Most fields of a form.
const MAX_FIELDS: usize = 2000;

/// The fields of a posted form, in order.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

/// The names alone: what was typed must not reach a log.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Vec::new();
        for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() == MAX_FIELDS {
                return Err(Refusal::new(Code::TooLarge));
            }
            let mut parts = pair.splitn(2, |b| *b == b'=');
            let mut next = || decode(parts.next().unwrap_or_default());
            fields.push((next()?, next()?));
        }
        Ok(Self(fields))
    }

    /// What can be read of a form that is refused, so that its page can show it again.
    pub fn salvage(body: &[u8]) -> Self {
        let lossy = |text: &[u8]| {
            let spaced = spaces(text);
            let text = percent(&spaced).unwrap_or(spaced);
            String::from_utf8_lossy(&text).replace('\0', "\u{FFFD}")
        };
        let pair = |pair: &[u8]| {
            let mut parts = pair.splitn(2, |b| *b == b'=');
            let mut next = || lossy(parts.next().unwrap_or_default());
            (next(), next())
        };
        let pairs = body.split(|b| *b == b'&').take(MAX_FIELDS);
        Self(pairs.map(pair).collect())
    }

    /// All fields but the page's token, in order.
    pub fn fields(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| name != "csrf")
    }

    /// The first value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    /// Without the spaces around it.
    pub fn text(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// A number as it was meant: an input method that is set to full width writes １２ for 12.
    pub fn number(&self, name: &str) -> String {
        narrow(self.text(name).as_str())
    }

    /// The number of a certificate, which people write in groups.
    pub(crate) fn certificate(&self, name: &str) -> String {
        self.number(name).split_whitespace().collect()
    }

    /// A ticked box.
    pub fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// The values of the boxes of a name that are ticked, at most [`MAX_LINES`].
    fn chosen(&self, name: &str) -> Vec<String> {
        let theirs = self.0.iter().filter(|(n, _)| n == name);
        theirs
            .take(MAX_LINES)
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// The values of `name.0`, `name.1`, … as far as they go, at most [`MAX_LINES`].
    pub fn list(&self, name: &str) -> Vec<&str> {
        let at = |i: usize| format!("{name}.{i}");
        let there = |key: &String| self.0.iter().any(|(n, _)| n == key);
        (0..MAX_LINES)
            .map(at)
            .take_while(there)
            .map(|key| self.get(&key))
            .collect()
    }

    /// A patient's particulars.
    pub fn patient(&self) -> PatientForm {
        PatientForm {
            name: self.text("name"),
            sex: self.text("sex"),
            birth_date: self.text("birth_date"),
            id_number: self.certificate("id_number"),
            phone: self.text("phone"),
            address: self.text("address"),
            guardian_name: self.text("guardian_name"),
            guardian_id_number: self.certificate("guardian_id_number"),
        }
    }

    /// How someone is identified.
    pub fn identify(&self) -> IdentifyForm {
        IdentifyForm {
            certificate: self.text("certificate"),
            number: if self.get("certificate") == "01" {
                self.text("number")
            } else {
                self.certificate("number")
            },
            card_code: self.certificate("card_code"),
            typed: self.get("source") != "reader",
            birth_date: self.text("birth_date"),
            sex: self.text("sex"),
        }
    }

    /// What registration needs.
    pub fn register(&self) -> RegisterForm {
        let coverage = self.text("coverage");
        RegisterForm {
            handle: self.text("handle"),
            take_name: self.ticked("take_name"),
            doctor: self.text("doctor"),
            see: self.get("then") == "see",
            self_pay: coverage == "self",
            coverage: if coverage == "self" {
                String::new()
            } else {
                coverage
            },
            proxy_name: self.text("proxy_name"),
            proxy_id_number: self.certificate("proxy_id_number"),
            proxy_relation: self.text("proxy_relation"),
        }
    }

    /// What the doctor typed: `complaint`, `diagnoses.0`, `lines.0.code`, `reasons.dose-daily` …
    /// Lines and diagnoses that were left blank are passed over.
    pub fn draft(&self) -> Result<DraftBody, Refusal> {
        let mut body = DraftBody {
            complaint: self.text("complaint"),
            history: self.text("history"),
            past_history: self.text("past_history"),
            examination: self.text("examination"),
            auxiliary: self.text("auxiliary"),
            advice: self.text("advice"),
            temperature: self.number("temperature"),
            pulse: self.number("pulse"),
            respiration: self.number("respiration"),
            systolic: self.number("systolic"),
            diastolic: self.number("diastolic"),
            glucose: self.number("glucose"),
            glucose_kind: self.text("glucose_kind"),
            weight: self.number("weight"),
            height: self.number("height"),
            onset: self.number("onset"),
            long_term: self.ticked("long_term"),
            own_pay_consent: self.ticked("own_pay_consent"),
            without: self.chosen("without"),
            decoction: Decoction {
                doses: self.number("doses"),
                usage: self.text("usage"),
                times: self.text("times"),
            },
            ..DraftBody::default()
        };
        for (name, value) in &self.0 {
            match name.split_once('.') {
                Some(("diagnoses", place)) => {
                    let slot = slot(&mut body.diagnoses, place, MAX_DIAGNOSES)?;
                    value.trim().clone_into(slot);
                }
                Some(("reasons", code)) if !value.trim().is_empty() => {
                    if body.reasons.len() == MAX_LINES {
                        return Err(Refusal::new(Code::TooLarge));
                    }
                    body.reasons
                        .push((code.to_owned(), value.trim().to_owned()));
                }
                Some(("lines", rest)) => fill(&mut body.lines, rest, value.trim())?,
                _ => {}
            }
        }
        body.diagnoses.retain(|code| !code.is_empty());
        body.lines.retain(|line| *line != DraftLine::default());
        Ok(body)
    }
}

fn slot<'a, T: Default>(
    list: &'a mut Vec<T>,
    place: &str,
    most: usize,
) -> Result<&'a mut T, Refusal> {
    let place: usize = place.parse().map_err(|_| Refusal::new(Code::BadForm))?;
    if place >= most {
        return Err(Refusal::new(Code::TooLarge));
    }
    while list.len() <= place {
        list.push(T::default());
    }
    list.get_mut(place).ok_or(Refusal::new(Code::TooLarge))
}

/// Letters, digits and signs of full width as their usual selves.
fn narrow(text: &str) -> String {
    let sign = |c: char| match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    text.chars().map(sign).collect()
}

fn fill(lines: &mut Vec<DraftLine>, rest: &str, value: &str) -> Result<(), Refusal> {
    let (place, field) = rest.split_once('.').ok_or(Refusal::new(Code::BadForm))?;
    let line = slot(lines, place, MAX_LINES)?;
    let field = match field {
        "code" => &mut line.code,
        "dose" => &mut line.dose,
        "route" => &mut line.route,
        "frequency" => &mut line.frequency,
        "days" => &mut line.days,
        "quantity" => &mut line.quantity,
        "footnote" => &mut line.footnote,
        "group" => &mut line.group,
        "drip" => &mut line.drip,
        "course" => &mut line.course,
        "benefit" => &mut line.benefit,
        _ => return Ok(()),
    };
    *field = narrow(value);
    Ok(())
}

/// Undoes `+` and `%41`; line ends become `\n`.
pub fn decode(text: &[u8]) -> Result<String, Refusal> {
    let bytes = percent(&spaces(text)).ok_or(Refusal::new(Code::BadForm))?;
    let text = String::from_utf8(bytes).map_err(|_| Refusal::new(Code::BadText))?;
    if text.contains('\0') {
        return Err(Refusal::new(Code::BadText));
    }
    Ok(text.replace("\r\n", "\n"))
}

/// A `+` stands for a space.
fn spaces(text: &[u8]) -> Vec<u8> {
    let space = |b: &u8| if *b == b'+' { b' ' } else { *b };
    text.iter().map(space).collect()
}

/// Undoes `%41`; none if a digit is missing.
fn percent(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_prescription_is_read() {
        let body =
            b"complaint=%E5%A4%B4%E6%99%95+2&diagnoses.0=I10.x00&diagnoses.1=&lines.0.code=A\
            &lines.0.dose=0.5&lines.2.code=B&lines.2.days=3&lines.1.code=&reasons.dose-daily=ok\
            &long_term=1&own_pay_consent=1&unknown=x&without=S-006&without=S-007";
        let draft = Form::parse(body).unwrap().draft().unwrap();
        assert_eq!(draft.complaint, "头晕 2");
        assert_eq!(draft.diagnoses, ["I10.x00"]);
        let lines: Vec<_> = draft
            .lines
            .iter()
            .map(|l| (&*l.code, &*l.dose, &*l.days))
            .collect();
        assert_eq!(lines, [("A", "0.5", ""), ("B", "", "3")]);
        assert_eq!(draft.reasons, [("dose-daily".to_owned(), "ok".to_owned())]);
        assert!(draft.own_pay_consent && draft.long_term);
        assert_eq!(draft.without, ["S-006", "S-007"]);
    }

    #[test]
    fn what_is_too_much_or_no_text_is_refused() {
        for body in [
            &b"a=%00"[..],
            b"a=\xff",
            b"a=%ff",
            b"a=%4",
            b"a=%zz",
            b"lines.60.code=A",
            b"lines.99999999999999999999.code=A",
            b"lines.-1.code=A",
            b"lines.code=A",
            b"diagnoses.12=A",
        ] {
            let read = Form::parse(body).and_then(|form| form.draft());
            assert!(read.is_err(), "{}", String::from_utf8_lossy(body));
        }
        let many = "a=1&".repeat(MAX_FIELDS + 1);
        assert_eq!(
            Form::parse(many.as_bytes()).unwrap_err().code,
            Code::TooLarge
        );
    }

    #[test]
    fn full_width_and_grouped_numbers_are_what_they_mean() {
        let form = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            Form(pairs.collect())
        };
        let typed = form(&[
            ("certificate", "02"),
            ("number", "９９０００1 19640217 642ｘ"),
        ]);
        assert_eq!(typed.identify().number, "99000119640217642x");
        let scanned = form(&[("certificate", "01"), ("number", "a b")]);
        assert_eq!(
            scanned.identify().number,
            "a b",
            "a token is what was scanned"
        );
        let patient = form(&[("id_number", "９９ 00"), ("name", "王　小")]).patient();
        assert_eq!((&*patient.id_number, &*patient.name), ("9900", "王　小"));
        let draft = form(&[
            ("lines.0.dose", "０．５"),
            ("systolic", "１３０"),
            ("complaint", "１天"),
        ]);
        let draft = draft.draft().unwrap();
        assert_eq!((&*draft.lines[0].dose, &*draft.systolic), ("0.5", "130"));
        assert_eq!(draft.complaint, "１天", "words are left as they are");
    }

    #[test]
    fn lists_end_where_they_end() {
        let form = Form::parse(b"batch.0=a&batch.1=b&batch.3=d&n=+x+").unwrap();
        assert_eq!(form.list("batch"), ["a", "b"]);
        assert_eq!(form.text("n"), "x");
        assert_eq!(form.get("none"), "");
    }

    #[test]
    fn what_can_be_read_of_a_refused_form() {
        let form = Form::salvage(b"complaint=%E5%92%B3+x%00&name=\xff&%4=1&advice=%zz");
        assert_eq!(form.get("complaint"), "咳 x\u{FFFD}");
        assert_eq!(form.get("name"), "\u{FFFD}");
        assert_eq!(form.get("advice"), "%zz");
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Form::salvage(&body);
            if let Ok(form) = Form::parse(&body) {
                let _ = form.draft();
            }
        }

        #[test]
        fn hostile_fields_never_panic(body in "(lines|diagnoses|reasons)(\\.[0-9a-z]{0,4}){0,3}=[%0-9a-f+]{0,8}") {
            if let Ok(form) = Form::parse(body.as_bytes()) {
                let _ = form.draft();
            }
        }
    }
}
