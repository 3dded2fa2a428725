-- One SQL text for SQLite and PostgreSQL. BIGINT fen, microseconds UTC, 10^-4 units; dates as TEXT.
-- An index ends with what its query orders by: SQLite, which has no statistics, else walks a whole table for the order.
-- Reference: versioned snapshots, replaced whole.
CREATE TABLE clinic (
  clinic TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, institution_code TEXT NOT NULL,
  institution_name TEXT NOT NULL, level TEXT NOT NULL CHECK (level IN ('village', 'township')),
  slot BIGINT NOT NULL CHECK (slot BETWEEN 0 AND 19), fictional BIGINT NOT NULL CHECK (fictional IN (0, 1)),
  opened_at BIGINT NOT NULL,
  UNIQUE (institution_code, slot));
CREATE TABLE user_account (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('doctor', 'pharmacist', 'township', 'insurance', 'health', 'auditor', 'administrator')),
  national_code TEXT NOT NULL, licence_until TEXT, active BIGINT NOT NULL CHECK (active IN (0, 1)),
  PRIMARY KEY (clinic, id), UNIQUE (login));
CREATE TABLE prescribing_right (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), holder TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('infusion', 'iv-antibiotics', 'decoction', 'controlled')), granted_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, holder, what));
CREATE TABLE reference_file (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), what TEXT NOT NULL CHECK (what IN ('region', 'policy', 'layout', 'clinic')), name TEXT NOT NULL,
  version TEXT NOT NULL, content TEXT NOT NULL, confirmed_by TEXT NOT NULL, confirmed_on TEXT NOT NULL, active_from BIGINT NOT NULL,
  PRIMARY KEY (clinic, what, name, version));

-- Ledger: written only by applying facts; rebuilt by replay.
CREATE TABLE patient (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, name TEXT NOT NULL, initials TEXT NOT NULL,
  sex TEXT NOT NULL CHECK (sex IN ('1', '2')), birth_date TEXT, id_number TEXT NOT NULL, phone TEXT NOT NULL,
  address TEXT NOT NULL, guardian_name TEXT NOT NULL, guardian_id_number TEXT NOT NULL, registered_at BIGINT NOT NULL,
  erased BIGINT NOT NULL CHECK (erased IN (0, 1)),
  PRIMARY KEY (clinic, id));
CREATE INDEX patient_by_number ON patient (clinic, id_number);
CREATE INDEX patient_by_name ON patient (clinic, name);
CREATE INDEX patient_by_initials ON patient (clinic, initials, id);
CREATE TABLE allergy (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('drug', 'group')), code TEXT NOT NULL, label TEXT NOT NULL, noted_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id));
CREATE INDEX allergy_by_patient ON allergy (clinic, patient, id);
CREATE TABLE coverage (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, person_number TEXT NOT NULL, scheme TEXT NOT NULL,
  person_type TEXT NOT NULL, identities TEXT NOT NULL, place TEXT NOT NULL, filings TEXT,
  account_balance BIGINT NOT NULL CHECK (account_balance >= 0), general_used BIGINT CHECK (general_used >= 0),
  chronic_used BIGINT CHECK (chronic_used >= 0), general_left BIGINT CHECK (general_left >= 0), obtained_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id));
CREATE INDEX coverage_by_patient ON coverage (clinic, patient, obtained_at);
CREATE TABLE visit (
  clinic TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL, patient TEXT NOT NULL,
  payer TEXT NOT NULL CHECK (payer IN ('insured', 'self')), coverage TEXT,
  certificate TEXT NOT NULL CHECK (certificate IN ('01', '02', '03', 'self')), typed BIGINT NOT NULL CHECK (typed IN (0, 1)),
  proxy_name TEXT NOT NULL, proxy_id_number TEXT NOT NULL, proxy_relation TEXT NOT NULL,
  keeps_account BIGINT NOT NULL CHECK (keeps_account IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'seeing', 'parked', 'done', 'cancelled')),
  doctor TEXT NOT NULL, registered_at BIGINT NOT NULL, finished_at BIGINT, balance BIGINT NOT NULL,
  signed BIGINT NOT NULL CHECK (signed IN (0, 1)), complaint TEXT NOT NULL, history TEXT NOT NULL,
  past_history TEXT NOT NULL, examination TEXT NOT NULL, auxiliary TEXT NOT NULL, advice TEXT NOT NULL,
  temperature BIGINT CHECK (temperature >= 0), pulse BIGINT CHECK (pulse >= 0),
  respiration BIGINT CHECK (respiration >= 0), systolic BIGINT CHECK (systolic >= 0),
  diastolic BIGINT CHECK (diastolic >= 0), glucose BIGINT CHECK (glucose >= 0),
  glucose_kind TEXT CHECK (glucose_kind IN ('fasting', 'after_meal', 'random')),
  weight BIGINT CHECK (weight >= 0), height BIGINT CHECK (height >= 0), onset TEXT,
  long_term BIGINT NOT NULL CHECK (long_term IN (0, 1)), supply_reason TEXT NOT NULL,
  PRIMARY KEY (clinic, id), UNIQUE (clinic, number),
  FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, coverage) REFERENCES coverage (clinic, id),
  FOREIGN KEY (clinic, doctor) REFERENCES user_account (clinic, id));
CREATE INDEX visit_by_day ON visit (clinic, registered_at);
CREATE INDEX visit_by_patient ON visit (clinic, patient, registered_at, id);
CREATE INDEX visit_by_state ON visit (clinic, state, finished_at);
CREATE INDEX visit_unbalanced ON visit (clinic, registered_at) WHERE balance <> 0;
CREATE TABLE registration (
  clinic TEXT NOT NULL, visit TEXT NOT NULL, position BIGINT NOT NULL CHECK (position > 0), number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'requested', 'registered', 'refused', 'unknown', 'cancelled')), platform_visit TEXT,
  PRIMARY KEY (clinic, visit, position), UNIQUE (clinic, number), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE INDEX registration_by_platform ON registration (clinic, platform_visit);
CREATE TABLE diagnosis (
  clinic TEXT NOT NULL, visit TEXT NOT NULL, position BIGINT NOT NULL CHECK (position > 0),
  kind TEXT NOT NULL CHECK (kind IN ('western', 'illness', 'syndrome')), code TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (clinic, visit, position), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id)) /* clustered */;
CREATE TABLE payment (
  clinic TEXT NOT NULL, id TEXT NOT NULL, visit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('paid', 'paid_back', 'deposit', 'returned', 'collected')),
  method TEXT NOT NULL CHECK (method IN ('cash', 'qr')), amount BIGINT NOT NULL CHECK (amount > 0),
  moved_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE INDEX payment_by_day ON payment (clinic, moved_at);
CREATE INDEX payment_by_visit ON payment (clinic, visit, moved_at, id);
CREATE TABLE settlement (
  clinic TEXT NOT NULL, id TEXT NOT NULL, batch TEXT NOT NULL, visit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('settlement', 'reversal')), reverses TEXT, platform_settlement TEXT NOT NULL,
  message TEXT NOT NULL, scheme TEXT, benefit TEXT NOT NULL, clearing_type TEXT NOT NULL, clearing_office TEXT NOT NULL,
  settled_at BIGINT NOT NULL, booked_at BIGINT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
  total BIGINT NOT NULL CHECK (total >= 0), own_pay BIGINT NOT NULL CHECK (own_pay >= 0),
  over_limit BIGINT NOT NULL CHECK (over_limit >= 0), pay_first BIGINT NOT NULL CHECK (pay_first >= 0),
  in_scope BIGINT NOT NULL CHECK (in_scope >= 0), deductible BIGINT NOT NULL CHECK (deductible >= 0),
  pool BIGINT NOT NULL CHECK (pool >= 0), civil_servant BIGINT NOT NULL CHECK (civil_servant >= 0),
  enterprise BIGINT NOT NULL CHECK (enterprise >= 0), serious_illness BIGINT NOT NULL CHECK (serious_illness >= 0),
  large_amount BIGINT NOT NULL CHECK (large_amount >= 0), medical_aid BIGINT NOT NULL CHECK (medical_aid >= 0),
  other BIGINT NOT NULL CHECK (other >= 0), fund BIGINT NOT NULL CHECK (fund >= 0), account BIGINT NOT NULL CHECK (account >= 0),
  mutual_aid BIGINT NOT NULL CHECK (mutual_aid >= 0), cash BIGINT NOT NULL CHECK (cash >= 0),
  hospital BIGINT NOT NULL CHECK (hospital >= 0), ratio BIGINT NOT NULL CHECK (ratio >= 0),
  PRIMARY KEY (clinic, id),
  CHECK (own_pay + over_limit + pay_first + in_scope = total),
  CHECK (pool + civil_servant + enterprise + serious_illness + large_amount + medical_aid + other = fund),
  CHECK (fund + account + cash + hospital = total),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, reverses) REFERENCES settlement (clinic, id));
CREATE INDEX settlement_by_day ON settlement (clinic, settled_at);
CREATE INDEX settlement_by_visit ON settlement (clinic, visit, settled_at, id);
CREATE TABLE batch (
  clinic TEXT NOT NULL, id TEXT NOT NULL, visit TEXT NOT NULL, position BIGINT NOT NULL CHECK (position > 0),
  number TEXT NOT NULL, payer TEXT NOT NULL CHECK (payer IN ('insured', 'self')), registration BIGINT CHECK (registration > 0),
  benefit TEXT NOT NULL, disease_code TEXT NOT NULL, disease_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'uploaded', 'presettled', 'requested', 'settled', 'refused', 'unknown',
    'reversal_requested', 'reversal_unknown', 'undo_requested', 'undo_unknown', 'reversed', 'void')),
  total BIGINT NOT NULL CHECK (total >= 0), estimated_fund BIGINT NOT NULL CHECK (estimated_fund >= 0),
  policy TEXT NOT NULL, estimate TEXT NOT NULL, working TEXT NOT NULL, adds TEXT NOT NULL,
  fund BIGINT NOT NULL CHECK (fund >= 0), account BIGINT NOT NULL CHECK (account >= 0), cash BIGINT NOT NULL CHECK (cash >= 0),
  intent TEXT, settlement TEXT, reason TEXT NOT NULL, rest_of TEXT,
  PRIMARY KEY (clinic, id), UNIQUE (clinic, number),
  FOREIGN KEY (clinic, rest_of) REFERENCES batch (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, visit, registration) REFERENCES registration (clinic, visit, position),
  FOREIGN KEY (clinic, settlement) REFERENCES settlement (clinic, id));
CREATE TABLE evidence (
  clinic TEXT NOT NULL, id TEXT NOT NULL, batch TEXT NOT NULL, message TEXT NOT NULL, infno TEXT NOT NULL,
  finding TEXT NOT NULL CHECK (finding IN ('in_force', 'paid_back', 'nothing', 'unlisted', 'silent', 'refused', 'contradicts', 'undo_refused',
    'told_done', 'told_not_done')),
  platform_settlement TEXT NOT NULL, found_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, batch) REFERENCES batch (clinic, id));
CREATE INDEX evidence_by_batch ON evidence (clinic, batch, found_at, id);
CREATE INDEX batch_by_visit ON batch (clinic, visit, position);
CREATE INDEX batch_by_state ON batch (clinic, state, visit);
CREATE INDEX batch_by_rest ON batch (clinic, visit) WHERE rest_of IS NOT NULL;
CREATE TABLE course (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT NOT NULL, days BIGINT NOT NULL CHECK (days > 1),
  ordered_at BIGINT NOT NULL, actor TEXT NOT NULL, stopped BIGINT NOT NULL CHECK (stopped IN (0, 1)), stopped_at BIGINT, stopped_by TEXT,
  reason TEXT NOT NULL, PRIMARY KEY (clinic, id),
  FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id), FOREIGN KEY (clinic, stopped_by) REFERENCES user_account (clinic, id));
CREATE INDEX course_by_patient ON course (clinic, patient, ordered_at);
CREATE INDEX course_by_day ON course (clinic, ordered_at) WHERE stopped = 0;
CREATE TABLE charge (
  clinic TEXT NOT NULL, id TEXT NOT NULL, visit TEXT NOT NULL, batch TEXT NOT NULL, position BIGINT NOT NULL CHECK (position > 0),
  kind TEXT NOT NULL CHECK (kind IN ('drug', 'service')), code TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, unit TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('01', '02', '03')), consultation_fee BIGINT NOT NULL CHECK (consultation_fee IN (0, 1)),
  price BIGINT NOT NULL CHECK (price >= 0), quantity BIGINT NOT NULL CHECK (quantity > 0), amount BIGINT NOT NULL CHECK (amount >= 0),
  dose TEXT NOT NULL, route TEXT NOT NULL, frequency TEXT NOT NULL, days BIGINT NOT NULL CHECK (days >= 0),
  footnote TEXT CHECK (footnote IN ('first', 'late', 'wrapped', 'apart', 'melted', 'drench', 'crushed')),
  drip_group BIGINT NOT NULL CHECK (drip_group >= 0), drip_rate BIGINT NOT NULL CHECK (drip_rate >= 0), course TEXT,
  own_pay BIGINT NOT NULL CHECK (own_pay >= 0), over_limit BIGINT NOT NULL CHECK (over_limit >= 0),
  pay_first BIGINT NOT NULL CHECK (pay_first >= 0), in_scope BIGINT NOT NULL CHECK (in_scope >= 0),
  fund BIGINT NOT NULL CHECK (fund >= 0), trace_codes TEXT NOT NULL, rest_of TEXT,
  PRIMARY KEY (clinic, id), CHECK (own_pay + over_limit + pay_first + in_scope = amount),
  FOREIGN KEY (clinic, rest_of) REFERENCES charge (clinic, id), FOREIGN KEY (clinic, course) REFERENCES course (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id), FOREIGN KEY (clinic, batch) REFERENCES batch (clinic, id));
CREATE INDEX charge_by_visit ON charge (clinic, visit, position);
CREATE INDEX charge_by_course ON charge (clinic, course) WHERE course IS NOT NULL;
CREATE INDEX charge_traced ON charge (clinic, visit) WHERE trace_codes <> '';
CREATE TABLE refund_rest (
  clinic TEXT NOT NULL, charge TEXT NOT NULL, batch TEXT NOT NULL, quantity BIGINT NOT NULL CHECK (quantity > 0), trace_codes TEXT NOT NULL,
  PRIMARY KEY (clinic, charge), FOREIGN KEY (clinic, charge) REFERENCES charge (clinic, id),
  FOREIGN KEY (clinic, batch) REFERENCES batch (clinic, id));
CREATE INDEX refund_rest_by_batch ON refund_rest (clinic, batch);
CREATE TABLE stock_lot (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, code TEXT NOT NULL, lot_number TEXT NOT NULL, expires_on TEXT NOT NULL,
  cost BIGINT NOT NULL CHECK (cost >= 0), on_hand BIGINT NOT NULL CHECK (on_hand >= 0), reserved BIGINT NOT NULL CHECK (reserved >= 0),
  quarantined BIGINT NOT NULL CHECK (quarantined >= 0),
  PRIMARY KEY (clinic, id), CHECK (reserved <= on_hand));
CREATE INDEX stock_lot_by_code ON stock_lot (clinic, code, expires_on);
CREATE TABLE stock_move (
  clinic TEXT NOT NULL, id TEXT NOT NULL, lot TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('received', 'handed_over', 'counted_more', 'counted_less', 'returned', 'quarantined')),
  quantity BIGINT NOT NULL CHECK (quantity > 0), charge TEXT, moved_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, lot) REFERENCES stock_lot (clinic, id),
  FOREIGN KEY (clinic, charge) REFERENCES charge (clinic, id));
CREATE INDEX stock_move_by_lot ON stock_move (clinic, lot);
CREATE INDEX stock_move_by_charge ON stock_move (clinic, charge) WHERE charge IS NOT NULL;
CREATE TABLE goods_decision (
  clinic TEXT NOT NULL, charge TEXT NOT NULL, visit TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('kept', 'quarantined', 'not_handed_over')),
  quantity BIGINT NOT NULL CHECK (quantity > 0), reason TEXT NOT NULL, decided_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, charge), FOREIGN KEY (clinic, charge) REFERENCES charge (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE INDEX goods_decision_by_visit ON goods_decision (clinic, visit);
CREATE TABLE reservation (
  clinic TEXT NOT NULL, charge TEXT NOT NULL, lot TEXT NOT NULL, quantity BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (clinic, charge, lot), FOREIGN KEY (clinic, charge) REFERENCES charge (clinic, id),
  FOREIGN KEY (clinic, lot) REFERENCES stock_lot (clinic, id));
CREATE TABLE follow_up (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT NOT NULL,
  form TEXT NOT NULL, edition TEXT NOT NULL, day TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('satisfactory', 'unsatisfactory', 'adverse', 'complication')),
  uncontrolled BIGINT NOT NULL CHECK (uncontrolled IN (0, 1)), adverse BIGINT NOT NULL CHECK (adverse IN (0, 1)),
  next_day TEXT NOT NULL, answers TEXT NOT NULL, corrects TEXT, reason TEXT NOT NULL,
  corrected BIGINT NOT NULL CHECK (corrected IN (0, 1)), actor TEXT NOT NULL, recorded_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), UNIQUE (clinic, corrects), CHECK (day < next_day),
  FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, corrects) REFERENCES follow_up (clinic, id), FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
-- One of a form stands for a visit; what corrects it takes its place.
CREATE UNIQUE INDEX follow_up_once ON follow_up (clinic, visit, form) WHERE corrected = 0;
CREATE INDEX follow_up_by_visit ON follow_up (clinic, visit);
CREATE INDEX follow_up_by_patient ON follow_up (clinic, patient, form, day) WHERE corrected = 0;
CREATE INDEX follow_up_by_next ON follow_up (clinic, next_day) WHERE corrected = 0;
CREATE INDEX follow_up_by_day ON follow_up (clinic, form, day) WHERE corrected = 0;
CREATE TABLE follow_up_end (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('died', 'moved', 'lost', 'declined')), day TEXT NOT NULL, words TEXT NOT NULL,
  ended_at BIGINT NOT NULL, actor TEXT NOT NULL, resumed BIGINT NOT NULL CHECK (resumed IN (0, 1)), resumed_at BIGINT, resumed_by TEXT,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE UNIQUE INDEX follow_up_end_once ON follow_up_end (clinic, patient) WHERE resumed = 0;
CREATE TABLE skin_test (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'negative', 'positive', 'abandoned')),
  ordered_at BIGINT NOT NULL, actor TEXT NOT NULL, readable_at BIGINT NOT NULL, read_by TEXT, confirmed_by TEXT, moved_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), CHECK (ordered_at < readable_at), CHECK (read_by <> confirmed_by),
  FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id), FOREIGN KEY (clinic, read_by) REFERENCES user_account (clinic, id),
  FOREIGN KEY (clinic, confirmed_by) REFERENCES user_account (clinic, id));
CREATE INDEX skin_test_by_visit ON skin_test (clinic, visit);
CREATE INDEX skin_test_open ON skin_test (clinic, ordered_at) WHERE state IN ('waiting', 'read');
-- A drug is tested once in a visit, unless the test was given up.
CREATE UNIQUE INDEX skin_test_once ON skin_test (clinic, visit, code) WHERE state <> 'abandoned';
CREATE TABLE paper_entry (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT NOT NULL, event TEXT NOT NULL CHECK (event IN ('printed', 'voided')),
  number BIGINT NOT NULL CHECK (number > 0), lines TEXT NOT NULL,
  why TEXT CHECK (why IN ('unreadable', 'lost', 'copy', 'mistake', 'changed', 'declined', 'short', 'cancelled', 'other')),
  words TEXT NOT NULL, actor TEXT NOT NULL, entered_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE INDEX paper_entry_by_visit ON paper_entry (clinic, visit);
CREATE TABLE receipt_book (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, code TEXT NOT NULL, digits BIGINT NOT NULL CHECK (digits > 0),
  first BIGINT NOT NULL CHECK (first >= 0), last BIGINT NOT NULL, entered_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), CHECK (first <= last), FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE TABLE receipt (
  clinic TEXT NOT NULL, id TEXT NOT NULL, book TEXT NOT NULL, number BIGINT NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL CHECK (state IN ('issued', 'void', 'returned')), settlement TEXT, visit TEXT, patient TEXT,
  amount BIGINT NOT NULL CHECK (amount >= 0), taken_at BIGINT NOT NULL, actor TEXT NOT NULL, closed_at BIGINT, closed_by TEXT,
  why TEXT CHECK (why IN ('spoiled', 'mistake', 'taken-back', 'lost', 'other')), words TEXT NOT NULL,
  PRIMARY KEY (clinic, id), UNIQUE (clinic, book, number),
  FOREIGN KEY (clinic, book) REFERENCES receipt_book (clinic, id), FOREIGN KEY (clinic, settlement) REFERENCES settlement (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE UNIQUE INDEX receipt_once ON receipt (clinic, settlement) WHERE state = 'issued';
CREATE INDEX receipt_by_visit ON receipt (clinic, visit, taken_at, id);
CREATE INDEX receipt_by_day ON receipt (clinic, taken_at, id);
CREATE INDEX receipt_by_closing ON receipt (clinic, closed_at, id);
CREATE TABLE electronic_receipt (
  clinic TEXT NOT NULL, id TEXT NOT NULL, settlement TEXT NOT NULL, visit TEXT NOT NULL, patient TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  state TEXT NOT NULL CHECK (state IN ('asked', 'issued', 'refused', 'undoing', 'undone')), asked_at BIGINT NOT NULL, actor TEXT NOT NULL,
  code TEXT NOT NULL, number TEXT NOT NULL, check_code TEXT NOT NULL, url TEXT NOT NULL, issued_at BIGINT,
  undo TEXT NOT NULL, reason TEXT NOT NULL, red_number TEXT NOT NULL, undone_at BIGINT, said TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, settlement) REFERENCES settlement (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE UNIQUE INDEX electronic_once ON electronic_receipt (clinic, settlement) WHERE state IN ('asked', 'issued', 'undoing');
CREATE UNIQUE INDEX electronic_number ON electronic_receipt (clinic, code, number) WHERE number <> '';
CREATE INDEX electronic_by_visit ON electronic_receipt (clinic, visit, asked_at, id);
CREATE INDEX electronic_by_day ON electronic_receipt (clinic, asked_at, id);
CREATE INDEX electronic_by_undoing ON electronic_receipt (clinic, undone_at, id);
CREATE INDEX electronic_awaited ON electronic_receipt (asked_at, id) WHERE state IN ('asked', 'undoing');
CREATE TABLE referral (
  clinic TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT NOT NULL,
  urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)), destination TEXT NOT NULL, reason TEXT NOT NULL, treated TEXT NOT NULL,
  referred_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id), FOREIGN KEY (clinic, actor) REFERENCES user_account (clinic, id));
CREATE INDEX referral_by_visit ON referral (clinic, visit, referred_at, id);
CREATE INDEX referral_by_patient ON referral (clinic, patient, referred_at, id);
CREATE TABLE clearing (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL,
  clearing_type TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('requested', 'applied', 'refused', 'unknown', 'not_applied', 'withdrawing', 'withdrawal_unknown', 'withdrawn')),
  message TEXT NOT NULL, event TEXT NOT NULL, said TEXT NOT NULL, reason TEXT NOT NULL, applied_at BIGINT NOT NULL, actor TEXT NOT NULL,
  withdrawal TEXT NOT NULL, withdrawal_reason TEXT NOT NULL, withdrawn_at BIGINT, withdrawn_by TEXT,
  PRIMARY KEY (clinic, id), CHECK (from_day <= to_day));
CREATE UNIQUE INDEX clearing_once ON clearing (clinic, clearing_type, from_day)
  WHERE state IN ('requested', 'applied', 'unknown', 'withdrawing', 'withdrawal_unknown');
CREATE INDEX clearing_by_period ON clearing (clinic, from_day, applied_at, id);
CREATE TABLE clearing_part (
  clinic TEXT NOT NULL, clearing TEXT NOT NULL, scheme TEXT NOT NULL, office TEXT NOT NULL, count BIGINT NOT NULL CHECK (count >= 0),
  total BIGINT NOT NULL, fund BIGINT NOT NULL, account BIGINT NOT NULL, cash BIGINT NOT NULL,
  PRIMARY KEY (clinic, clearing, scheme, office), FOREIGN KEY (clinic, clearing) REFERENCES clearing (clinic, id));
CREATE TABLE clearing_entry (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL,
  scheme TEXT NOT NULL, clearing_type TEXT NOT NULL, office TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('recognised', 'deducted', 'withheld', 'released', 'advanced', 'paid', 'appealed', 'restored', 'confirmed')),
  amount BIGINT NOT NULL CHECK (amount > 0), on_day TEXT NOT NULL, appeal_by TEXT, reason TEXT NOT NULL, reverses TEXT,
  about TEXT, entered_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), UNIQUE (clinic, reverses), CHECK (from_day <= to_day),
  FOREIGN KEY (clinic, reverses) REFERENCES clearing_entry (clinic, id), FOREIGN KEY (clinic, about) REFERENCES clearing_entry (clinic, id));
CREATE INDEX clearing_entry_by_period ON clearing_entry (clinic, from_day, entered_at, id);
CREATE TABLE written_off (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, day TEXT NOT NULL, difference TEXT NOT NULL, reason TEXT NOT NULL,
  written_at BIGINT NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (clinic, id));
CREATE INDEX written_off_by_day ON written_off (clinic, day, written_at, id);
CREATE TABLE undone (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), id TEXT NOT NULL, batch TEXT NOT NULL, visit TEXT NOT NULL,
  platform_settlement TEXT NOT NULL, settled_by TEXT NOT NULL, settled_at BIGINT NOT NULL,
  scheme TEXT NOT NULL, clearing_type TEXT NOT NULL, clearing_office TEXT NOT NULL,
  total BIGINT NOT NULL CHECK (total >= 0), fund BIGINT NOT NULL CHECK (fund >= 0), account BIGINT NOT NULL CHECK (account >= 0),
  cash BIGINT NOT NULL CHECK (cash >= 0),
  state TEXT NOT NULL CHECK (state IN ('requested', 'unknown', 'done', 'refused')),
  message TEXT NOT NULL, reversal TEXT NOT NULL, reversed_at BIGINT, day TEXT NOT NULL, asked_at BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, batch) REFERENCES batch (clinic, id), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE UNIQUE INDEX undone_once ON undone (clinic, platform_settlement) WHERE state <> 'refused';
CREATE TABLE access_entry (
  clinic TEXT NOT NULL, id TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('record', 'list', 'signed-in', 'wrong-password', 'locked',
    'password-changed', 'password-reset', 'refused')), detail TEXT NOT NULL, patient TEXT, actor TEXT NOT NULL, role TEXT NOT NULL, opened_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id));
CREATE INDEX access_by_patient ON access_entry (clinic, patient, opened_at);
CREATE INDEX access_by_time ON access_entry (clinic, opened_at);

-- The journal and the keys of its sealed parts: the source of the ledger.
CREATE TABLE journal (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), epoch BIGINT NOT NULL, seq BIGINT NOT NULL CHECK (seq > 0), kind TEXT NOT NULL, version BIGINT NOT NULL,
  occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, actor TEXT NOT NULL, patient TEXT, body BYTEA NOT NULL, sealed BYTEA,
  alg TEXT NOT NULL, prev_hash BYTEA NOT NULL, hash BYTEA NOT NULL,
  PRIMARY KEY (clinic, epoch, seq));
CREATE TABLE journal_head (
  clinic TEXT NOT NULL PRIMARY KEY REFERENCES clinic (clinic), epoch BIGINT NOT NULL, seq BIGINT NOT NULL CHECK (seq >= 0), hash BYTEA NOT NULL,
  alg TEXT NOT NULL);
CREATE TABLE patient_key (
  clinic TEXT NOT NULL, patient TEXT NOT NULL, sealed_key BYTEA NOT NULL, alg TEXT NOT NULL, PRIMARY KEY (clinic, patient));

-- Local: never synced, never rebuilt. The row types say what the loss of each costs.
CREATE TABLE credential (
  clinic TEXT NOT NULL, account TEXT NOT NULL, hash TEXT NOT NULL, failures BIGINT NOT NULL CHECK (failures >= 0), locked_until BIGINT NOT NULL,
  PRIMARY KEY (clinic, account), FOREIGN KEY (clinic, account) REFERENCES user_account (clinic, id));
CREATE TABLE session (
  clinic TEXT NOT NULL, token TEXT NOT NULL, account TEXT NOT NULL, csrf TEXT NOT NULL, locale TEXT NOT NULL,
  started_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, token), FOREIGN KEY (clinic, account) REFERENCES user_account (clinic, id));
CREATE UNIQUE INDEX session_by_token ON session (token);
CREATE TABLE draft (
  clinic TEXT NOT NULL, visit TEXT NOT NULL, version BIGINT NOT NULL CHECK (version > 0), body TEXT NOT NULL, saved_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, visit), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE TABLE habit (
  clinic TEXT NOT NULL, doctor TEXT NOT NULL, code TEXT NOT NULL, times BIGINT NOT NULL CHECK (times > 0),
  dose TEXT NOT NULL, route TEXT NOT NULL, frequency TEXT NOT NULL, days TEXT NOT NULL, used_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, doctor, code), FOREIGN KEY (clinic, doctor) REFERENCES user_account (clinic, id));
CREATE INDEX habit_by_times ON habit (clinic, doctor, times DESC);
CREATE TABLE template (
  clinic TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, township BIGINT NOT NULL CHECK (township IN (0, 1)),
  name TEXT NOT NULL, body TEXT NOT NULL,
  saved_by TEXT NOT NULL, saved_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, owner) REFERENCES user_account (clinic, id),
  FOREIGN KEY (clinic, saved_by) REFERENCES user_account (clinic, id));
CREATE TABLE message (
  clinic TEXT NOT NULL, id TEXT NOT NULL, infno TEXT NOT NULL, patient TEXT NOT NULL, visit TEXT, batch TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'success', 'refused', 'unknown', 'not_sent')),
  requested_at BIGINT NOT NULL, answered_at BIGINT, digest TEXT NOT NULL, request BYTEA NOT NULL, reply BYTEA, alg TEXT NOT NULL,
  PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, patient) REFERENCES patient (clinic, id),
  FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id), FOREIGN KEY (clinic, batch) REFERENCES batch (clinic, id));
CREATE INDEX message_by_visit ON message (clinic, visit, requested_at);
CREATE INDEX message_by_state ON message (clinic, state, id);
CREATE INDEX message_by_patient ON message (clinic, patient);
CREATE TABLE voucher (
  clinic TEXT NOT NULL, visit TEXT NOT NULL, sealed BYTEA NOT NULL, alg TEXT NOT NULL, kept_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, visit), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id));
CREATE TABLE upload (
  clinic TEXT NOT NULL, visit TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'manual')),
  attempts BIGINT NOT NULL CHECK (attempts >= 0), next_at BIGINT NOT NULL, message TEXT,
  PRIMARY KEY (clinic, visit), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),
  FOREIGN KEY (clinic, message) REFERENCES message (clinic, id));
CREATE INDEX upload_by_state ON upload (clinic, state, next_at);
CREATE TABLE counter (
  clinic TEXT NOT NULL REFERENCES clinic (clinic), name TEXT NOT NULL, value BIGINT NOT NULL CHECK (value >= 0), second BIGINT NOT NULL,
  PRIMARY KEY (clinic, name));
CREATE TABLE sign_in (
  clinic TEXT NOT NULL, account TEXT NOT NULL, day TEXT NOT NULL, sign_number TEXT NOT NULL,
  PRIMARY KEY (clinic, account, day), FOREIGN KEY (clinic, account) REFERENCES user_account (clinic, id));
CREATE TABLE reconciliation (
  clinic TEXT NOT NULL, day TEXT NOT NULL, evidence TEXT NOT NULL, asked_at BIGINT NOT NULL, asked_by TEXT NOT NULL,
  PRIMARY KEY (clinic, day), FOREIGN KEY (clinic, asked_by) REFERENCES user_account (clinic, id));
CREATE TABLE till (
  clinic TEXT NOT NULL, day TEXT NOT NULL, cash BIGINT NOT NULL, qr BIGINT NOT NULL,
  counted_at BIGINT NOT NULL, counted_by TEXT NOT NULL,
  PRIMARY KEY (clinic, day), FOREIGN KEY (clinic, counted_by) REFERENCES user_account (clinic, id));
