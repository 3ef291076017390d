"""Reading Chinese text: names, codes, dates, numerals and where words stand on a page. Pure."""
