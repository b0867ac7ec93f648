-- What was carried forward stays as it is written.
CREATE TRIGGER linking_carriedforward_is_append_only BEFORE UPDATE OR DELETE
    ON linking_carriedforward FOR EACH ROW
    EXECUTE FUNCTION registry_refuse_change('linking_carriedforward_is_append_only');
CREATE TRIGGER linking_carriedforward_is_never_truncated BEFORE TRUNCATE
    ON linking_carriedforward FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_carriedforward_is_never_truncated');
ALTER TABLE linking_carriedforward
    ENABLE ALWAYS TRIGGER linking_carriedforward_is_append_only,
    ENABLE ALWAYS TRIGGER linking_carriedforward_is_never_truncated;
