"""Files in and out: encodings, tables row by row, writes that are whole or not there at all."""
