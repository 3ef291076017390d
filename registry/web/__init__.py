"""Pages for people who signed in, and the parts every page is made of."""
