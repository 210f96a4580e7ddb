"""The page as slides: what a deck is made of, its charts and tables, and which slides there are."""
