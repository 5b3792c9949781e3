"""Receipt for the advance payment of НДФЛ by patent, with the barcode of ГОСТ Р 56042-2014."""
