"""What pictures are made of: ink, papers, print, rulings, things, light, warps, cameras."""
