"""Documents: what a command has to say, as frozen records with typed fields, and the builders that fill them."""
