-- The sandbox centre's ledger. Amounts are fen, moments microseconds UTC, dates ISO texts.
-- Accumulators and account balances are never stored: they are sums over settlements in force.

CREATE TABLE person (
    number TEXT PRIMARY KEY,
    id_number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sex TEXT NOT NULL CHECK (sex IN ('1', '2')),
    birth_date TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    card_number TEXT NOT NULL,
    card_code TEXT NOT NULL
);

CREATE TABLE coverage (
    person TEXT NOT NULL REFERENCES person (number),
    position BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    person_type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('0', '1', '2', '4')),
    place TEXT NOT NULL,
    since TEXT NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0),
    employer TEXT NOT NULL,
    PRIMARY KEY (person, position)
);

CREATE TABLE filing (
    person TEXT NOT NULL REFERENCES person (number),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT,
    PRIMARY KEY (person, code)
);

CREATE TABLE identity (
    person TEXT NOT NULL REFERENCES person (number),
    code TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT,
    PRIMARY KEY (person, code)
);

CREATE TABLE voucher (
    token TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (number),
    expires_at BIGINT NOT NULL
);

CREATE TABLE elsewhere (
    person TEXT NOT NULL REFERENCES person (number),
    scheme TEXT NOT NULL,
    year BIGINT NOT NULL,
    benefit TEXT NOT NULL,
    fund BIGINT NOT NULL CHECK (fund >= 0),
    PRIMARY KEY (person, scheme, year, benefit)
);

CREATE TABLE sign_in (
    number TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    operator TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE visit (
    id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (number),
    scheme TEXT NOT NULL,
    number TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    certificate TEXT NOT NULL,
    doctor_code TEXT NOT NULL,
    doctor_name TEXT NOT NULL,
    department_code TEXT NOT NULL,
    department_name TEXT NOT NULL,
    medical_type TEXT NOT NULL,
    disease_code TEXT NOT NULL,
    disease_name TEXT NOT NULL,
    condition_text TEXT NOT NULL,
    cancelled BIGINT NOT NULL CHECK (cancelled IN (0, 1))
);

CREATE INDEX visit_person ON visit (person, begun_at);

CREATE TABLE diagnosis (
    visit TEXT NOT NULL REFERENCES visit (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (visit, position)
);

CREATE TABLE settlement (
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL UNIQUE,
    transaction_number TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('settlement', 'reversal')),
    state TEXT NOT NULL CHECK (state IN ('valid', 'refunded', 'cancelled')),
    reverses TEXT REFERENCES settlement (id),
    visit TEXT NOT NULL REFERENCES visit (id),
    institution TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (number),
    scheme TEXT NOT NULL,
    batch TEXT NOT NULL,
    medical_type TEXT NOT NULL,
    benefit TEXT NOT NULL,
    disease_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    invoice TEXT NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0),
    own_pay BIGINT NOT NULL CHECK (own_pay >= 0),
    over_limit BIGINT NOT NULL CHECK (over_limit >= 0),
    pay_first BIGINT NOT NULL CHECK (pay_first >= 0),
    in_scope BIGINT NOT NULL CHECK (in_scope >= 0),
    deductible BIGINT NOT NULL CHECK (deductible >= 0),
    pool BIGINT NOT NULL CHECK (pool >= 0),
    civil_servant BIGINT NOT NULL CHECK (civil_servant >= 0),
    enterprise BIGINT NOT NULL CHECK (enterprise >= 0),
    serious_illness BIGINT NOT NULL CHECK (serious_illness >= 0),
    large_amount BIGINT NOT NULL CHECK (large_amount >= 0),
    medical_aid BIGINT NOT NULL CHECK (medical_aid >= 0),
    other BIGINT NOT NULL CHECK (other >= 0),
    fund BIGINT NOT NULL CHECK (fund >= 0),
    account BIGINT NOT NULL CHECK (account >= 0),
    cash BIGINT NOT NULL CHECK (cash >= 0),
    balance BIGINT NOT NULL,
    ratio BIGINT NOT NULL,
    adds TEXT NOT NULL,
    CHECK (own_pay + over_limit + pay_first + in_scope = total),
    CHECK (pool + civil_servant + enterprise + serious_illness + large_amount + medical_aid + other = fund),
    CHECK (fund + account + cash = total)
);

CREATE INDEX settlement_day ON settlement (institution, settled_at);
CREATE INDEX settlement_person ON settlement (person, scheme, year);
CREATE INDEX settlement_visit ON settlement (visit);
CREATE INDEX settlement_batch ON settlement (institution, batch);

CREATE TABLE detail (
    visit TEXT NOT NULL REFERENCES visit (id),
    id TEXT NOT NULL,
    batch TEXT NOT NULL,
    position BIGINT NOT NULL,
    disease_code TEXT NOT NULL,
    prescription TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    code TEXT NOT NULL,
    institution_code TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    price BIGINT NOT NULL CHECK (price >= 0),
    class TEXT NOT NULL CHECK (class IN ('01', '02', '03')),
    pay_first_rate BIGINT NOT NULL CHECK (pay_first_rate BETWEEN 0 AND 1000000),
    category TEXT NOT NULL,
    ceiling BIGINT,
    consultation_fee BIGINT NOT NULL CHECK (consultation_fee IN (0, 1)),
    own_pay BIGINT NOT NULL CHECK (own_pay >= 0),
    over_limit BIGINT NOT NULL CHECK (over_limit >= 0),
    pay_first BIGINT NOT NULL CHECK (pay_first >= 0),
    in_scope BIGINT NOT NULL CHECK (in_scope >= 0),
    settlement TEXT REFERENCES settlement (id),
    reversed TEXT REFERENCES settlement (id),
    PRIMARY KEY (visit, id),
    CHECK (own_pay + over_limit + pay_first + in_scope = amount)
);

CREATE TABLE file (
    number TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    kept_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX file_institution ON file (institution, kept_at);

CREATE TABLE clearing (
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    clearing_type TEXT NOT NULL,
    month TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    count BIGINT NOT NULL,
    total BIGINT NOT NULL,
    recognised BIGINT NOT NULL,
    fund BIGINT NOT NULL,
    account BIGINT NOT NULL,
    cash BIGINT NOT NULL,
    applied_at BIGINT NOT NULL,
    cancelled_at BIGINT,
    paid_at BIGINT,
    CHECK (fund + account + cash = total),
    CHECK (cancelled_at IS NULL OR paid_at IS NULL)
);

CREATE INDEX clearing_day ON clearing (institution, last_day);

CREATE TABLE record (
    institution TEXT NOT NULL,
    number TEXT NOT NULL,
    visit TEXT NOT NULL,
    cases BIGINT NOT NULL,
    diagnoses BIGINT NOT NULL,
    prescriptions BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (institution, number)
);

CREATE TABLE mapping (
    number TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    item TEXT NOT NULL,
    name TEXT NOT NULL,
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT NOT NULL,
    cancelled_at BIGINT
);

CREATE INDEX mapping_item ON mapping (institution, item);

CREATE TABLE message (
    number TEXT NOT NULL,
    position BIGINT NOT NULL,
    transaction_number TEXT NOT NULL,
    institution TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (number, position)
);

CREATE INDEX message_time ON message (received_at);
