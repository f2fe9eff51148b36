"""The sample papers that scenarios give away: their sources, and the script that draws them."""
