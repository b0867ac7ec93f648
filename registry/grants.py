"""What the application's database role may do. It owns nothing; the owner runs migrations only.

The ledger's tables are written by the gate's functions, which run as their owner; the role may
read them and call the functions. Every table is listed once; a test compares with the models.
"""

READ = "SELECT"
ADD = "SELECT, INSERT"
CHANGE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

TABLES = {
    "registry_posting": READ,
    "registry_holding": READ,
    "registry_issuance": READ,
    "registry_mark": READ,
    "registry_use": READ,
    "registry_position": READ,
    "registry_sequencer": READ,
    "registry_logleaf": READ,
    "registry_loggeddocument": READ,
    "registry_logtile": READ,
    "registry_checkpoint": READ,
    "registry_reference": READ,
    "registry_referencechange": ADD,
    "registry_referencehistory": READ,
    "registry_referenceloading": READ,
    "registry_transaction": READ,
    "registry_transactionline": READ,
    "registry_transactionevent": READ,
    "registry_approval": READ,
    "registry_verifiedmessage": ADD,
    "registry_messageblock": ADD,
    "registry_transactiontype": READ,
    "registry_account": CHANGE,
    "registry_accountholder": CHANGE,
    "registry_registry": CHANGE,
    "registry_scheme": CHANGE,
    "registry_jurisdiction": CHANGE,
    "registry_unittype": CHANGE,
    "registry_unittypealias": ALL,
    "registry_fact": ALL,
    "registry_source": ALL,
    "registry_basis": ALL,
    "registry_limitcounter": CHANGE,
    "registry_person": CHANGE,
    "registry_person_groups": ALL,
    "registry_person_user_permissions": ALL,
    "registry_roleassignment": ALL,
    "registry_apikey": CHANGE,
    "registry_storedanswer": "SELECT, INSERT, DELETE",
    "registry_seensignature": "SELECT, INSERT, DELETE",
    "registry_batch": ADD,
    "registry_batchitem": ADD,
    "registry_batchdecision": ADD,
    "registry_typeproposal": ADD,
    "registry_issuancecap": CHANGE,
    "registry_openingbalance": ADD,
    "registry_openingtotal": ADD,
    "registry_legacyblock": ADD,
    "registry_corporategroup": CHANGE,
    "registry_grouplimit": ALL,
    "registry_accountday": READ,
    "registry_reconciliation": CHANGE,
    "registry_calendarday": ALL,
    "registry_calendaryear": ALL,
    "registry_officehours": ALL,
    "registry_webhookendpoint": CHANGE,
    "registry_webhookdelivery": ALL,
    "registry_keyrecord": CHANGE,
    "registry_issuancesignature": ADD,
    "registry_issuancesigner": "SELECT, UPDATE",
    "registry_registryrules": CHANGE,
    "registry_accountclass": CHANGE,
    "registry_representative": CHANGE,
    "registry_accountevent": ADD,
    "registry_governancerequest": CHANGE,
    "registry_governancedecision": ADD,
    "registry_governancedocument": ADD,
    "registry_trustedaccount": CHANGE,
    "registry_stop": CHANGE,
    "registry_securityevent": ADD,
    "registry_notice": ALL,
    "registry_noticemail": ALL,
    "registry_noticesource": CHANGE,
    "registry_holdersuccession": ADD,
    "registry_upload": CHANGE,
    "registry_uploadpiece": "SELECT, INSERT, DELETE",
    "registry_uploaderror": "SELECT, INSERT, DELETE",
    "registry_task": CHANGE,
    "registry_taskevent": ADD,
    # Only the owner deletes, and only what the table itself lets go.
    "registry_reading": ADD,
}
OTHERS = ALL
FUNCTIONS = (
    "registry_submit",
    "registry_submit_each",
    "registry_decide",
    "registry_decide_type",
    "registry_decide_reference",
    "registry_end",
    "registry_execute",
    "registry_withdraw",
    "registry_say",
    "registry_say_each",
    "registry_sequence",
    "registry_append_documents",
    "registry_append_leaves",
    "registry_record_document",
    "registry_write_checkpoint",
    "registry_block_start",
    "registry_keep_foreign_issuance",
    # The guards of tables that the role may write run as the role and call these.
    "registry_refuse",
    "registry_require_read_committed",
    # Counters of limits are the role's to write; these do it in one order of locks.
    "registry_close_limit",
    "registry_divide_limit",
    "registry_give_back_limit",
    "registry_give_back_limits",
    "registry_give_back_slot",
    "registry_limit_row",
    "registry_lock_limit",
    "registry_make_limit",
    "registry_restate_limits",
    "registry_shift_limit",
    "registry_take_limit",
    "registry_take_limits",
    "registry_take_slot",
    "registry_write_limit",
)


def apply(connection, role):
    """Grants the role exactly this, whatever it had before. Run as the owner.

    Tables of other apps, Django's own among them, are open to the role unless listed.
    """
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise LookupError(f"the database has no role {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")
        cursor.execute(f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table in connection.introspection.table_names(cursor, include_views=True):
            rights = TABLES.get(table, READ if table == "django_migrations" else OTHERS)
            cursor.execute(f"GRANT {rights} ON {connection.ops.quote_name(table)} TO {quoted}")
        for function in FUNCTIONS:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")
