"""What every version of the menus passes before it is in force, wherever it comes from."""

from app.people.roster.calendar import ChineseHolidays
from app.publishing.editions import Gates

HOLIDAYS = ChineseHolidays()
# `prove` and `rehearse` are plugged in here: see `app.publishing.editions`.
GATES = Gates(HOLIDAYS)
