"""What people give → what models read: text to tokens with spans, vocabularies, subwords."""
