//! Refusals: what is wrong, where and what to do, as a value with a stable code.
//!
//! The words stand in the language files under `refusal-<code>`; a test holds that each code has
//! them in every language. Arguments never carry personal data.

use std::fmt;

text_enum! {
    /// Every reason the program can refuse something for.
    pub enum Code {
        /// The identity number does not have 18 characters.
        IdShape = "id-shape",
        /// The identity number holds no date.
        IdBirthDate = "id-birth-date",
        /// The identity number's check character is wrong.
        IdChecksum = "id-checksum",
        /// The typed birth date or sex disagrees with the identity number.
        IdDisagrees = "id-disagrees",
        /// A field must not be empty.
        Missing = "missing",
        /// A field is longer than allowed, holds a control character or is not a number or date.
        BadText = "bad-text",
        /// A number is zero, negative, too large or too precise.
        BadNumber = "bad-number",
        /// No such record for this user at this clinic.
        NotFound = "not-found",
        /// The role may not do this.
        Forbidden = "forbidden",
        /// Someone else changed the record in between.
        Changed = "changed",
        /// The state does not permit this step.
        WrongState = "wrong-state",
        /// The centre answered with a refusal; `text` holds its words.
        CentreRefused = "centre-refused",
        /// The centre could not be reached; nothing was sent.
        CentreDown = "centre-down",
        /// The gateway in front of the centre takes nothing that is signed so: the key or certificate in the
        /// settings is wrong, or the clock. Nothing was sent.
        TurnedAway = "turned-away",
        /// The centre's answer did not arrive or could not be read; what it did is unknown.
        CentreUnknown = "centre-unknown",
        /// The centre did not answer a question, or not readably: nothing happened, ask again.
        CentreSilent = "centre-silent",
        /// The centre is away: what it said on `day` is gone by.
        LastKnown = "last-known",
        /// The centre's answer belongs to another call.
        CentreMismatch = "centre-mismatch",
        /// The e-voucher has expired or is unknown: scan it again.
        VoucherExpired = "voucher-expired",
        /// The terminal made no token of what was scanned; `text` holds its words.
        VoucherNotRead = "voucher-not-read",
        /// The terminal that decodes e-vouchers did not answer, or not readably.
        TerminalSilent = "terminal-silent",
        /// The e-voucher that was scanned is somebody else's.
        VoucherOfAnother = "voucher-of-another",
        /// The certificate is not kept any more: show it again.
        VoucherGone = "voucher-gone",
        /// The centre's answer lacks what cannot be guessed: sex or birth date.
        CentreIncomplete = "centre-incomplete",
        /// This identity number is registered here under another name.
        NameDiffers = "name-differs",
        /// The platform says another name than she has here.
        CentreNameDiffers = "centre-name-differs",
        /// Another patient here has this identity number.
        NumberTaken = "number-taken",
        /// The region asks for the card reader's identification code.
        CardCodeMissing = "card-code-missing",
        /// The person has no coverage in force.
        NoCoverage = "no-coverage",
        /// Several coverages are in force: choose one.
        ChooseCoverage = "choose-coverage",
        /// There is not enough of a drug in stock.
        NoStock = "no-stock",
        /// A drug or service is not in the clinic's catalogue.
        NotInCatalogue = "not-in-catalogue",
        /// A safety check forbids the line.
        CheckRefused = "check-refused",
        /// A safety check wants a reason.
        CheckWants = "check-wants",
        /// A main diagnosis is needed first.
        NoDiagnosis = "no-diagnosis",
        /// A notifiable disease, and the day on which it broke out is not said. Args: `disease`, `class`, `hours`.
        OnsetMissing = "onset-missing",
        /// There is nothing to charge.
        NothingToCharge = "nothing-to-charge",
        /// The policy cannot decide: a parameter is missing.
        PolicyCannot = "policy-cannot",
        /// The computer's clock is off the platform's by minutes: set it before it matters.
        ClockSkew = "clock-skew",
        /// It is further off than the region tolerates: nothing is settled.
        ClockTooFar = "clock-too-far",
        /// The clearing period is not over yet. Args: `to`.
        PeriodOpen = "period-open",
        /// Other clinics settle under this code: the township applies, for all of them.
        TownshipClears = "township-clears",
        /// What is applied for already, or may be, is not applied for again.
        AppliedAlready = "applied-already",
        /// The office has answered an application: it is not taken back.
        ClearingAnswered = "clearing-answered",
        /// The office's number of an application is not known.
        EventUnknown = "event-unknown",
        /// The day by which a deduction is appealed against is over. Args: `by`.
        AppealLate = "appeal-late",
        /// An appeal, or its outcome, is entered already.
        AppealedAlready = "appealed-already",
        /// The clinic has no books of a day. Args: `from`, `to`.
        DayOutside = "day-outside",
        /// Days of the period do not agree: reconcile them, or say why not. Args: `days`.
        DaysDiffer = "days-differ",
        /// Items that no insurance pays, and the patient's consent is not ticked. Args: `amount`.
        OwnPayConsent = "own-pay-consent",
        /// The share changed since the doctor saw it: confirm again.
        ShareChanged = "share-changed",
        /// The sum to return or collect changed since it was seen. Args: `old`, `new`.
        SumChanged = "sum-changed",
        /// The patient still owes something of what is settled. Args: `amount`.
        ToCollect = "to-collect",
        /// A deposit below the patient's shares, or above everything. Args: `least`, `most`.
        DepositOutOfRange = "deposit-out-of-range",
        /// The centre knows no such settlement, or it is not this batch's.
        SettlementDiffers = "settlement-differs",
        /// Nothing was chosen that is given back.
        NothingGivenBack = "nothing-given-back",
        /// More of a line is given back than it has, or a part of a unit. Args: `item`, `most`, `line`.
        TooMuchGivenBack = "too-much-given-back",
        /// A trace code that is given back is not one of the line's. Args: `item`, `line`.
        TraceCodeUnknown = "trace-code-unknown",
        /// A trace code stands on a line that was handed over. Args: `trace`, `item`, `number`, `on`.
        TraceCodeSold = "trace-code-sold",
        /// A trace code stands on a line that waits to be handed over. Args: `trace`, `item`, `number`, `on`.
        TraceCodeHeld = "trace-code-held",
        /// The region's platform reverses what was settled then no more. Args: `within`, `settled`.
        ReversalTooLate = "reversal-too-late",
        /// The clinic was not granted what the line wants. Args: `right`.
        ClinicRightMissing = "clinic-right-missing",
        /// The doctor was not granted it. Args: `right`.
        DoctorRightMissing = "doctor-right-missing",
        /// Drugs of one drip are ordered differently. Args: `group`.
        GroupDiffers = "group-differs",
        /// A decoction has no number of doses, or one too large. Args: `limit`.
        Doses = "doses",
        /// The drug wants a skin test first. Args: `drug`.
        SkinTestWanted = "skin-test-wanted",
        /// The drug's skin test has no result yet. Args: `drug`.
        SkinTestOpen = "skin-test-open",
        /// The drug's skin test was positive. Args: `drug`.
        SkinTestPositive = "skin-test-positive",
        /// The drug wants none, or has had it in this visit. Args: `drug`.
        SkinTestDone = "skin-test-done",
        /// She is known to be allergic to it: it is not tested. Args: `drug`.
        SkinTestAllergic = "skin-test-allergic",
        /// It is too early to read it. Args: `drug`, `minutes`.
        SkinTestEarly = "skin-test-early",
        /// Who read it first does not confirm it, too. Args: `drug`.
        SkinTestOther = "skin-test-other",
        /// There is no personal account that could pay here.
        NoAccount = "no-account",
        /// The region settles with the insurance later only within so many days. Args: `day`, `days`.
        InsuredTooLate = "insured-too-late",
        /// The region settles with the insurance no visit that was paid for.
        InsuredNever = "insured-never",
        /// Who was identified is not the patient of this visit.
        OtherPatient = "other-patient",
        /// It is registered at the platform under another insurance.
        OtherCoverage = "other-coverage",
        /// The course has had all its days, was stopped, or is another patient's.
        CourseOver = "course-over",
        /// A day of the course was done today.
        CourseToday = "course-today",
        /// The prescription was printed: it is printed again with a reason only.
        PaperPrinted = "paper-printed",
        /// The prescription was printed: it is taken back with a reason only.
        PaperStands = "paper-stands",
        /// No receipt number is left.
        ReceiptNone = "receipt-none",
        /// Some of these numbers stand in a book that was entered before.
        ReceiptOverlap = "receipt-overlap",
        /// The next receipt number is another than the one that was shown.
        ReceiptMoved = "receipt-moved",
        /// An electronic receipt of this settlement stands.
        ElectronicStands = "electronic-stands",
        /// Nobody makes electronic receipts here.
        NoReceiptMaker = "no-receipt-maker",
        /// A receipt of this settlement stands.
        ReceiptStands = "receipt-stands",
        /// The number is not among those that are left.
        ReceiptOutside = "receipt-outside",
        /// A reason must be given.
        ReasonMissing = "reason-missing",
        /// Too much work is queued; try again in a moment.
        Busy = "busy",
        /// The computer's disk is full: it could not be written down.
        DiskFull = "disk-full",
        /// Something else is being done with this visit or at this desk.
        StillRunning = "still-running",
        /// Wrong user name or password, or locked after too many wrong ones.
        WrongPassword = "wrong-password",
        /// The old password is not right, or the account is locked after too many wrong ones.
        WrongOldPassword = "wrong-old-password",
        /// The new password was typed in two ways.
        PasswordsDiffer = "passwords-differ",
        /// The session has ended.
        SignedOut = "signed-out",
        /// A region or policy file does not read. Args: `text`, its place and what to write there.
        BadFile = "bad-file",
        /// Two policy files for one scheme are in force on the same day.
        PolicyTwice = "policy-twice",
        /// The policies give a benefit that the region's file has no `med_type` for. Args: `benefit`.
        BenefitUnnamed = "benefit-unnamed",
        /// Another program works under this slot.
        SlotTaken = "slot-taken",
        /// The password is too short, too long or too easily guessed.
        WeakPassword = "weak-password",
        /// Somebody else signs in with this name.
        LoginTaken = "login-taken",
        /// Nobody stops herself, or gives herself a password without the old one.
        OwnAccount = "own-account",
        /// The form is too old or does not come from our page.
        BadForm = "bad-form",
        /// A function key was chosen for two meanings.
        KeyTwice = "key-twice",
        /// The address in the browser is none of this computer's names.
        UnknownHost = "unknown-host",
        /// The request's body is too large.
        TooLarge = "too-large",
        /// A proxy's name, identity number and relation belong together.
        ProxyIncomplete = "proxy-incomplete",
        /// A newborn needs a guardian.
        GuardianMissing = "guardian-missing",
        /// The centre says she may not use the general benefit now; `text` holds its words.
        NotEntitled = "not-entitled",
        /// The coverage does not fit this benefit.
        NoBenefit = "no-benefit",
        /// Answers that were taken over from the last follow-up are not confirmed.
        LastUnconfirmed = "last-unconfirmed",
        /// A list of more than can be shown at once. Args: `most`.
        PeriodTooLong = "period-too-long",
        /// More than a paper holds.
        PaperTooLong = "paper-too-long",
        /// The chosen disease is not among the patient's filings. Args: `item`.
        NotFiled = "not-filed",
        /// The platform did not say which filings there are. Args: `item`.
        FilingsUnknown = "filings-unknown",
    }
}

/// A refusal. It is returned, shown and tested like any other result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// The form field it is about.
    pub field: Option<&'static str>,
    /// What the words need: `("text", …)`, `("limit", …)`.
    pub args: Vec<(&'static str, String)>,
}

impl Refusal {
    /// True if it says that the centre could not be reached, or did not answer a question.
    pub const fn is_away(&self) -> bool {
        matches!(
            self.code,
            Code::CentreDown | Code::CentreSilent | Code::TurnedAway
        )
    }

    /// Of a code.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            field: None,
            args: Vec::new(),
        }
    }

    /// About a field.
    pub const fn at(code: Code, field: &'static str) -> Self {
        Self {
            code,
            field: Some(field),
            args: Vec::new(),
        }
    }

    /// With an argument for the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: {}", self.code)?;
        self.field.map_or(Ok(()), |field| write!(f, " at {field}"))
    }
}

impl std::error::Error for Refusal {}
