"""What commands return: typed documents with four exits."""
