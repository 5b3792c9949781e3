-- After how many idle minutes the screens of an organisation lock at the latest; NULL: each person
-- chooses. Told with everything else about the organisation in the greeting.
ALTER TABLE arm.organisation
    ADD COLUMN idle_minutes int CHECK (idle_minutes BETWEEN 1 AND 60);
