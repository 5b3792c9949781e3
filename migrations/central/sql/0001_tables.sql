-- What the centre keeps. Everything belongs to arm_owner, a role nobody can log in as.

CREATE TABLE arm.centre (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    feed_epoch   uuid NOT NULL DEFAULT gen_random_uuid(), -- changes when the centre is restored
    proto        int NOT NULL DEFAULT 1,
    schema_cur   int NOT NULL DEFAULT 1, -- shape of records that the newest program writes
    schema_min   int NOT NULL DEFAULT 1  -- oldest shape that still gets others' changes
);
INSERT INTO arm.centre DEFAULT VALUES;

CREATE TABLE arm.organisation (
    org          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE CHECK (name <> ''),
    short_name   text NOT NULL,
    region       text NOT NULL CHECK (region ~ '^[0-9]{2}$'),
    region_name  text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    inn          text NOT NULL DEFAULT '',
    phone        text NOT NULL DEFAULT '',
    oktmo        text NOT NULL DEFAULT '',
    added_at     timestamptz NOT NULL DEFAULT now()
);

-- A scope is the unit both of what a person may see and of what a workstation keeps.
CREATE TABLE arm.scope_head (
    scope        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org          int NOT NULL,
    title        text NOT NULL,
    seq          bigint NOT NULL DEFAULT 0,  -- newest number of the feed, no gaps
    hash         text NOT NULL DEFAULT ''    -- hash of the newest entry
);

CREATE TABLE arm.account (
    rolname      name PRIMARY KEY,
    org          int NOT NULL,
    full_name    text NOT NULL,
    role         text NOT NULL,
    home_scope   int NOT NULL,
    active       boolean NOT NULL DEFAULT true,
    added_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE arm.grants (
    rolname      name,
    scope        int,
    can_write    boolean NOT NULL DEFAULT true,
    PRIMARY KEY (rolname, scope)
);

CREATE TABLE arm.doc (
    id           text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z_-]{1,40}$'),
    kind         text NOT NULL,
    scope        int NOT NULL,
    person       text COLLATE "C" NOT NULL,  -- whose papers: first loads go person by person
    ver          int NOT NULL,
    deleted      boolean NOT NULL DEFAULT false,
    fver         jsonb NOT NULL,  -- field -> version that last changed it
    body         jsonb NOT NULL
);
CREATE UNIQUE INDEX doc_by_person ON arm.doc (scope, person, id);

-- Feed of the workstations, evidence of what was taken, history for people, audit: one table.
CREATE TABLE arm.change (
    scope        int,
    seq          bigint,
    id           text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    -- N new, S set, D deleted, C conflict opened or grown, R conflict settled,
    -- B many documents loaded past the feed
    op           text NOT NULL CHECK (op IN ('N', 'S', 'D', 'C', 'R', 'B')),
    ver          int NOT NULL,
    delta        jsonb,
    salt         text,
    delta_hash   text NOT NULL,  -- survives the erasure of delta and salt
    actor        name NOT NULL,  -- who was logged in
    author       text NOT NULL,  -- who typed it, as the workstation says
    client       text,
    cseq         bigint,
    made_at      text,           -- the workstation's clock, for people's eyes only
    at           timestamptz NOT NULL,
    hash         text NOT NULL,
    PRIMARY KEY (scope, seq)
);
CREATE INDEX change_by_doc ON arm.change (id, ver);
CREATE INDEX change_by_operation ON arm.change (client, cseq);

CREATE TABLE arm.region_numbers (
    region       text PRIMARY KEY,
    last_number  int NOT NULL CHECK (last_number <= 8999)
);

CREATE TABLE arm.client (
    client       text PRIMARY KEY CHECK (client ~ '^[0-9A-Za-z_-]{1,40}$'),
    org          int NOT NULL,
    region       text NOT NULL,
    number       int NOT NULL,   -- part of the Migrant IDs that this workstation gives
    rolname      name NOT NULL,  -- who registered it
    last_rolname name NOT NULL,  -- who was seen on it last
    last_cseq    bigint NOT NULL DEFAULT 0,
    last_op_hash text NOT NULL DEFAULT '',
    schema       int NOT NULL,
    added_at     timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (region, number)
);

CREATE TABLE arm.conflict (
    id           text PRIMARY KEY,
    scope        int NOT NULL,
    doc_id       text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    person_id    text NOT NULL,
    field        text NOT NULL,
    base_value   jsonb,
    server_value jsonb,
    mine_value   jsonb,
    server_actor text,
    server_at    text,
    mine_actor   text NOT NULL,
    mine_at      text,
    client       text NOT NULL,
    cseq         bigint NOT NULL,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled')),
    settled_value jsonb,
    settled_by   text,
    settled_at   text
);
CREATE INDEX conflict_open ON arm.conflict (doc_id, field) WHERE state = 'open';
CREATE INDEX conflict_by_operation ON arm.conflict (client, cseq);
CREATE INDEX conflict_by_scope ON arm.conflict (scope, id);

CREATE TABLE arm.rejected (
    client       text,
    cseq         bigint,
    rolname      name NOT NULL,
    author       text NOT NULL,
    org          int NOT NULL,
    status       text NOT NULL CHECK (status IN ('denied', 'invalid')),
    why          text NOT NULL,
    op           text NOT NULL,  -- as it came: it may be no valid JSON
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (client, cseq)
);
