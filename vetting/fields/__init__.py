"""Fields of each type of document, read by their labels and patterns wherever they stand."""
