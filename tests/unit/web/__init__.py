"""The page kit: formats, forms, lists, templates, catalogues."""
