"""What the child marks on a character of a text layer; bits of one number."""

INVISIBLE = 1  # render mode 3 or 7: drawn neither filled nor stroked
TRANSPARENT = 2
COVERED = 4  # an image that lies above it hides it
UNMAPPED = 8  # the font does not say which character the glyph is
STAMPED = 16  # set at an angle to the page, or among such characters in their colour: a stamp, a watermark
