-- Who works on what waits in the queue. A task says nothing of who may decide.

-- A task is of the registry of its subject, goes to someone who keeps accounts there, and never to
-- the person who asks for what others are to decide.
CREATE FUNCTION registry_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_registry bigint := NEW.registry_id;
    v_asks bigint;
BEGIN
    IF NEW.transaction_id IS NOT NULL THEN
        SELECT registry_id, proposer_id INTO v_registry, v_asks
        FROM registry_transaction WHERE id = NEW.transaction_id;
    ELSIF NEW.request_id IS NOT NULL THEN
        SELECT registry_id, requested_by_id INTO v_registry, v_asks
        FROM registry_governancerequest WHERE id = NEW.request_id;
    END IF;
    IF v_registry IS DISTINCT FROM NEW.registry_id THEN
        PERFORM registry_refuse('task_is_of_the_registry_of_its_subject',
            'what the task is about is of another registry', TG_TABLE_NAME);
    END IF;
    IF NEW.assignee_id = v_asks THEN
        PERFORM registry_refuse('task_is_not_for_who_asks',
            'who asks for something is not given the task of it', TG_TABLE_NAME);
    END IF;
    -- A task that somebody has had before their role ended can still be completed or commented.
    IF NEW.assignee_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.assignee_id IS DISTINCT FROM OLD.assignee_id)
        AND NOT EXISTS (
            SELECT FROM registry_roleassignment
            WHERE person_id = NEW.assignee_id
                AND role IN ('administrator', 'junior_administrator')
                AND (registry_id IS NULL OR registry_id = NEW.registry_id))
    THEN
        PERFORM registry_refuse('task_is_for_who_keeps_accounts',
            'the person is no administrator of the registry', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_is_for_a_colleague BEFORE INSERT OR UPDATE ON registry_task
    FOR EACH ROW EXECUTE FUNCTION registry_task_changed();

-- One step after the other, each told by an event; a completed task stays as it is.
CREATE FUNCTION registry_task_stepped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.registry_id, NEW.transaction_id, NEW.request_id, NEW.subject, NEW.opened_at)
        IS DISTINCT FROM
       (OLD.id, OLD.registry_id, OLD.transaction_id, OLD.request_id, OLD.subject, OLD.opened_at)
    THEN
        PERFORM registry_refuse('task_keeps_its_subject',
            format('task %s stays about the same thing', OLD.id), TG_TABLE_NAME);
    END IF;
    IF OLD.status = 'completed' THEN
        PERFORM registry_refuse('task_is_completed_once',
            format('task %s is completed', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        PERFORM registry_refuse('task_goes_step_by_step',
            format('task %s is at step %s', OLD.id, OLD.version), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_goes_step_by_step BEFORE UPDATE ON registry_task
    FOR EACH ROW EXECUTE FUNCTION registry_task_stepped();

-- The history is that of the task: an event is written after its step, and says what the task is.
CREATE FUNCTION registry_task_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_task registry_task;
BEGIN
    SELECT * INTO v_task FROM registry_task WHERE id = NEW.task_id;
    IF (NEW.number, NEW.assignee_id) IS DISTINCT FROM (v_task.version, v_task.assignee_id)
        OR (NEW.kind = 'completed') <> (v_task.status = 'completed')
        OR (NEW.kind = 'opened') <> (NEW.number = 0)
        OR NEW.kind = 'claimed' AND NEW.assignee_id IS DISTINCT FROM NEW.person_id
        OR NEW.kind = 'assigned' AND NEW.assignee_id IS NULL
        OR NEW.kind = 'released' AND NEW.assignee_id IS NOT NULL
    THEN
        PERFORM registry_refuse('task_event_tells_the_step',
            format('event %s of task %s tells another step', NEW.number, NEW.task_id),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_event_tells_the_step BEFORE INSERT ON registry_taskevent
    FOR EACH ROW EXECUTE FUNCTION registry_task_told();

ALTER TABLE registry_task
    ENABLE ALWAYS TRIGGER task_is_for_a_colleague,
    ENABLE ALWAYS TRIGGER task_goes_step_by_step,
    -- No step without its event.
    ADD CONSTRAINT task_step_is_told FOREIGN KEY (id, version)
        REFERENCES registry_taskevent (task_id, number) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE registry_taskevent ENABLE ALWAYS TRIGGER task_event_tells_the_step;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('task', 'DELETE'),
        ('taskevent', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE %2$s ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER %1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
