"""The parts all pages are made of: layout, macros, page kit, form parsing. See README.md here."""
