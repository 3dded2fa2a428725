//! Facts: every change that happens at a clinic, as an immutable, versioned record.
//!
//! A fact has a clear body and, where it is about a person, a personal part that the store seals
//! under that person's key. A kind and version, once released, is read for ever.

mod apply;
mod bodies;
mod course;
mod electronic;
mod paper;
mod personal;
mod receipt;
mod referral;
mod skin_test;

pub use apply::{About, apply};
pub use bodies::*;
pub use course::{CourseOrdered, CourseStopped};
pub use electronic::{ElectronicAnswered, ElectronicAsked, ElectronicUndone};
pub use paper::PaperEntered;
pub use personal::{PatientFields, Personal};
pub use receipt::{ReceiptBookEntered, ReceiptClosed, ReceiptIssued, ReceiptSpoiled};
pub use referral::PatientReferred;
pub use skin_test::{SkinTestMoved, SkinTestOrdered};

/// Why stored bytes are no fact of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactError {
    /// A kind or version that this program does not know: stored and chained, not applied.
    Unknown {
        /// Kind.
        kind: String,
        /// Version.
        version: i64,
    },
    /// The body does not read as its kind and version say.
    Malformed(String),
}

macro_rules! facts {
    ($($(#[$doc:meta])* $kind:literal $version:literal $variant:ident),+ $(,)?) => {
        /// A fact's clear body.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body { $($(#[$doc])* $variant($variant),)+ }

        impl Body {
            /// Every kind and version that can be read.
            pub const KINDS: &'static [(&'static str, i64)] = &[$(($kind, $version)),+];

            /// Its kind, as stored.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)+ }
            }

            /// Its version, as stored.
            pub const fn version(&self) -> i64 {
                match self { $(Self::$variant(_) => $version,)+ }
            }

            /// The bytes that are hashed and stored.
            ///
            /// # Panics
            /// Never: the bodies are plain structs.
            pub fn encode(&self) -> Vec<u8> {
                match self { $(Self::$variant(body) => serde_json::to_vec(body),)+ }
                    .expect("a plain struct writes as JSON")
            }

            /// Reads stored bytes.
            pub fn decode(kind: &str, version: i64, bytes: &[u8]) -> Result<Self, FactError> {
                let malformed = |error: serde_json::Error| FactError::Malformed(error.to_string());
                match (kind, version) {
                    $(($kind, $version) => {
                        serde_json::from_slice(bytes).map(Self::$variant).map_err(malformed)
                    })+
                    _ => Err(FactError::Unknown { kind: kind.to_owned(), version }),
                }
            }
        }

        $(impl From<$variant> for Body {
            fn from(body: $variant) -> Self {
                Self::$variant(body)
            }
        })+
    };
}

facts! {
    /// A patient was registered.
    "patient_registered" 1 PatientRegistered,
    /// A patient's particulars were corrected.
    "patient_corrected" 1 PatientCorrected,
    /// A patient was erased: the key is gone, the rows are blank.
    "patient_erased" 1 PatientErased,
    /// An allergy was noted.
    "allergy_noted" 1 AllergyNoted,
    /// An allergy was withdrawn.
    "allergy_withdrawn" 1 AllergyWithdrawn,
    /// The platform said which coverage is in force.
    "coverage_identified" 1 CoverageIdentified,
    /// Someone who does not treat here looked, someone signed in or was turned away.
    "access_recorded" 1 AccessRecorded,
    /// A visit was registered.
    "visit_registered" 1 VisitRegistered,
    /// A visit goes on without the insurance.
    "payer_switched" 1 PayerSwitched,
    /// A visit that the patient paid is settled with her insurance.
    "visit_insured" 1 VisitInsured,
    /// A visit moved in the queue.
    "visit_moved" 1 VisitMoved,
    /// The platform's registration moved.
    "registration_moved" 1 RegistrationMoved,
    /// The record of a visit was signed.
    "record_signed" 1 RecordSigned,
    /// A follow-up form was recorded, or one was corrected.
    "follow_up_recorded" 1 FollowUpRecorded,
    /// A patient is not called any more.
    "follow_up_ended" 1 FollowUpEnded,
    /// She is called again.
    "follow_up_resumed" 1 FollowUpResumed,
    /// A skin test was ordered.
    "skin_test_ordered" 1 SkinTestOrdered,
    /// A skin test was read or given up.
    "skin_test_moved" 1 SkinTestMoved,
    /// An infusion was ordered for several days.
    "course_ordered" 1 CourseOrdered,
    /// It was stopped before its end.
    "course_stopped" 1 CourseStopped,
    /// A prescription was printed, printed again or voided.
    "paper_entered" 1 PaperEntered,
    /// A book of pre-printed receipts was entered.
    "receipt_book_entered" 1 ReceiptBookEntered,
    /// A receipt was printed.
    "receipt_issued" 1 ReceiptIssued,
    /// A receipt was voided or came back.
    "receipt_closed" 1 ReceiptClosed,
    /// A receipt's number was voided unused.
    "receipt_spoiled" 1 ReceiptSpoiled,
    /// An electronic receipt was asked for.
    "electronic_asked" 1 ElectronicAsked,
    /// Its maker answered.
    "electronic_answered" 1 ElectronicAnswered,
    /// That it be undone was asked for.
    "electronic_undone" 1 ElectronicUndone,
    /// A patient was referred.
    "patient_referred" 1 PatientReferred,
    /// The patient chose whether her account pays.
    "account_chosen" 1 AccountChosen,
    /// The fee list was frozen: lines, batches, reserved stock.
    "charges_frozen" 1 ChargesFrozen,
    /// Trace codes were scanned for a line.
    "trace_codes_scanned" 1 TraceCodesScanned,
    /// A batch moved without money: uploaded, pre-settled, refused, unknown, taken back.
    "batch_moved" 1 BatchMoved,
    /// The intent to settle or reverse is committed.
    "settlement_requested" 1 SettlementRequested,
    /// The platform was asked what became of a lost call.
    "evidence_found" 1 EvidenceFound,
    /// Money moved: settled or reversed.
    "settlement_made" 1 SettlementMade,
    /// A statement told the 结算ID and the day of a reversal that had been found out without.
    "reversal_named" 1 ReversalNamed,
    /// Money changed hands without a settlement: a deposit, a difference.
    "payment_made" 1 PaymentMade,
    /// The intent to apply for clearing is committed.
    "clearing_requested" 1 ClearingRequested,
    /// The intent to take an application for clearing back is committed.
    "clearing_withdrawn" 1 ClearingWithdrawn,
    /// What became of an application for clearing, or of taking it back.
    "clearing_moved" 1 ClearingMoved,
    /// What the office said of a claim was entered, or taken out.
    "clearing_entered" 1 ClearingEntered,
    /// A difference of a day was settled by a person.
    "difference_written_off" 1 DifferenceWrittenOff,
    /// The intent to undo at the centre what stands only there is committed.
    "undoing_requested" 1 UndoingRequested,
    /// What became of that.
    "undoing_moved" 1 UndoingMoved,
    /// Reserved stock was freed.
    "reservations_released" 1 ReservationsReleased,
    /// Drugs were handed over.
    "handed_over" 1 HandedOver,
    /// It was decided what became of the goods of a reversed line.
    "goods_decided" 1 GoodsDecided,
    /// Stock came in.
    "stock_received" 1 StockReceived,
    /// A reference became active: policy, region, catalogue.
    "reference_activated" 1 ReferenceActivated,
    /// The insurance bureau's answer to a policy file was entered.
    "policy_confirmed" 1 PolicyConfirmed,
}
