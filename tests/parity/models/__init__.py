"""Small models of every kind that the encoder reads, made by the programs that publish them."""
