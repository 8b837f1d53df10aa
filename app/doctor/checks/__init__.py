"""The checks, in the order in which they are told: a later one may rest on an earlier."""

from app.doctor.checks import (
    background,
    configuration,
    menus,
    people,
    provider,
    public_address,
    storage,
    time_of_day,
)
from app.doctor.examination import Check

CHECKS = (
    Check("settings", configuration.settings),
    Check("secrets", configuration.secrets),
    Check("database", storage.database),
    Check("migrations", storage.migrations),
    Check("flows", menus.flows),
    Check("telephones", configuration.telephones),
    Check("clock", time_of_day.clock),
    Check("disk", storage.disk),
    Check("stores", storage.stores),
    Check("account", provider.account),
    Check("number", provider.number),
    Check("softphone", provider.softphone),
    Check("signatures", public_address.signatures),
    Check("certificate", public_address.certificate),
    Check("calendar", menus.calendar),
    Check("roster", people.roster),
    Check("second factor", people.second_factor),
    Check("jobs", background.jobs),
    Check("recordings", background.recordings),
    Check("spool", background.spool),
    Check("outbound", background.outbound),
    Check("line", background.line),
)
