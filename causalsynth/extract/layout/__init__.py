"""What the shape of a text says: tables, check boxes, forms, records of keys and values, dialogues."""

from causalsynth.extract.layout.arrange import arrange

__all__ = ["arrange"]
