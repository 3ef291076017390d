"""How a school comes to a provider: a shortlist with notes, and the record of the choice."""
