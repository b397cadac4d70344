"""The one painter of pages: hands, strings, papers, scenes; with a seed, and the truth beside."""
