"""Who writes: ways of writing each digit, recorded pens, pictures of digits; lines of them."""
