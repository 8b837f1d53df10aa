"""What every version of the menus passes before it is in force, wherever it comes from."""

from app.flows.proof import prove
from app.flows.rehearsal.verdict import rehearsed
from app.people.roster.calendar import ChineseHolidays
from app.publishing.editions import Gates

HOLIDAYS = ChineseHolidays()
GATES = Gates(HOLIDAYS, prove, rehearsed)
