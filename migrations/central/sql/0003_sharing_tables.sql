-- Two secrets: identifiers are kept as sha256(outer ‖ sha256(inner ‖ identifier)), so that a copy
-- of the tables without them cannot be tried against all passport numbers there are.
CREATE TABLE share.secret (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_key    bytea NOT NULL,
    outer_key    bytea NOT NULL
);
INSERT INTO share.secret (inner_key, outer_key)
SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
       || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
       uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
       || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- The registry: a person's card in some organisation. Cards of one subject are one human being.
CREATE SEQUENCE share.subject;
CREATE TABLE share.card (
    scope        int,
    person       text COLLATE "C",   -- the person document in that scope
    org          int NOT NULL,
    subject      bigint NOT NULL,
    migrant_id   text NOT NULL DEFAULT '',
    born         bytea,              -- keyed hash of the birth date
    since        bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (scope, person)
);
CREATE INDEX card_by_subject ON share.card (subject);
CREATE TABLE share.card_key (
    hash         bytea,
    scope        int,
    person       text COLLATE "C",
    kind         text NOT NULL CHECK (kind IN ('document', 'inn', 'snils')),
    PRIMARY KEY (hash, scope, person)
);
CREATE INDEX card_key_by_card ON share.card_key (scope, person);

-- Which notice tells which card about another Migrant ID of the same human being.
CREATE TABLE share.alias (
    scope        int,
    person       text COLLATE "C",
    alias        text,
    doc          text NOT NULL,
    live         boolean NOT NULL DEFAULT true,
    found_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, person, alias)
);

CREATE TABLE share.rule (
    rule          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title         text NOT NULL CHECK (title <> ''),
    source_role   text CHECK (source_role IN ('center', 'tax', 'university', 'employer', 'region')),
    source_org    int,
    source_kind   text NOT NULL
        -- what nobody may agree to pass on by rule: papers, remarks, money, the history of reading
        CHECK (source_kind ~ '^[a-z][a-z0-9_]{0,62}$' AND source_kind NOT IN (
            'note', 'attachment', 'issued_form', 'consent', 'bank_statement', 'statement_line',
            'payment', 'shared_card', 'alias_notice', 'info_request', 'disclosure')),
    only_where    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(only_where) = 'object'),
    newest_by     text NOT NULL DEFAULT '',  -- field by which the newest of several counts
    fields        jsonb NOT NULL             -- [{"field", "label"}]
        CHECK (jsonb_typeof(fields) = 'array' AND jsonb_array_length(fields) BETWEEN 1 AND 20),
    receiver_role text CHECK (receiver_role IN
                              ('center', 'tax', 'university', 'employer', 'region')),
    receiver_org  int,
    same_region   boolean NOT NULL DEFAULT true,
    on_question   boolean NOT NULL DEFAULT false,  -- may answer who has no card of the person yet
    ground        text NOT NULL CHECK (ground <> ''),
    confidence    text NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    valid_from    date NOT NULL DEFAULT current_date,
    valid_to      date CHECK (valid_to >= valid_from - 1),  -- last day, inclusive
    added_by      name NOT NULL DEFAULT session_user,
    added_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((source_role IS NULL) <> (source_org IS NULL)),
    CHECK ((receiver_role IS NULL) <> (receiver_org IS NULL))
);

-- What lies where because of a rule. A row stays when the projection is withdrawn, so that the same
-- document comes back if the reason does.
CREATE TABLE share.projection (
    rule         int,
    src_scope    int,
    src_person   text COLLATE "C",
    dst_scope    int,
    dst_person   text COLLATE "C",
    doc          text NOT NULL,
    facts        jsonb NOT NULL,
    live         boolean NOT NULL DEFAULT true,
    PRIMARY KEY (rule, src_scope, src_person, dst_scope, dst_person)
);
CREATE INDEX projection_by_source ON share.projection (src_scope, src_person) WHERE live;
CREATE INDEX projection_by_receiver ON share.projection (dst_scope, dst_person) WHERE live;

-- The day whose rules are in force in the projections: rules begin and end by date.
CREATE TABLE share.day (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    day          date NOT NULL,
    registered   boolean NOT NULL DEFAULT false  -- whether what was there before is in the registry
);
INSERT INTO share.day (day) VALUES (current_date);

-- Who may send requests to whom.
CREATE TABLE share.may_ask (
    asker_role   text,
    asked_role   text,
    PRIMARY KEY (asker_role, asked_role)
);
INSERT INTO share.may_ask (asker_role, asked_role) VALUES
    ('center', 'tax'), ('center', 'university'), ('center', 'employer'),
    ('university', 'center'), ('employer', 'center'), ('tax', 'center'), ('tax', 'employer'),
    ('region', 'center'), ('region', 'tax'), ('region', 'university'), ('region', 'employer');

-- A request lies in two scopes as two documents, which the centre keeps alike.
CREATE TABLE share.request (
    asker_scope  int,
    asker_doc    text COLLATE "C",
    asked_scope  int NOT NULL,
    asked_doc    text COLLATE "C" NOT NULL,
    PRIMARY KEY (asker_scope, asker_doc),
    UNIQUE (asked_scope, asked_doc)
);

-- Questions to the registry: every one, answered or not. «facts» are cleared after ten minutes.
CREATE TABLE share.question (
    id           text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    rolname      name NOT NULL DEFAULT session_user,
    org          int NOT NULL,
    keys         bytea[] NOT NULL,
    ground       text NOT NULL CHECK (ground <> ''),
    facts        jsonb,
    told         int NOT NULL    -- how many facts it was answered with
);
CREATE INDEX question_by_login ON share.question (rolname, at);
CREATE INDEX question_by_org ON share.question (org, at);

-- How often one may ask; the row of the role counts, else the row «*».
CREATE TABLE share.asking_limit (
    role         text PRIMARY KEY,
    login_hour   int NOT NULL CHECK (login_hour >= 0),
    org_day      int NOT NULL CHECK (org_day >= 0)
);
INSERT INTO share.asking_limit (role, login_hour, org_day) VALUES
    ('*', 20, 100), ('center', 60, 600), ('employer', 10, 40);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['secret', 'card', 'card_key', 'alias', 'rule', 'projection',
        'day', 'may_ask', 'request', 'question', 'asking_limit']
    LOOP
        EXECUTE format('ALTER TABLE share.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE share.%I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY sharer ON share.%I TO arm_sharer USING (true)', v_table);
    END LOOP;
END
$$;
-- Rules and limits are the administrator's; the registry itself is nobody's.
GRANT USAGE ON SCHEMA share TO arm_owner, arm_admin;
CREATE POLICY admin ON share.asking_limit TO arm_admin USING (true);
CREATE POLICY admin ON share.may_ask TO arm_admin USING (true);
CREATE POLICY admin ON share.rule FOR SELECT TO arm_admin USING (true);
GRANT SELECT ON share.rule TO arm_admin;
GRANT ALL ON share.asking_limit, share.may_ask TO arm_admin;
