"""Appeals, messages and incidents as tickets: numbers, states, clocks."""
