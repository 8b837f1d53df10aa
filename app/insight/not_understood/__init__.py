"""What callers said and nothing understood: menus and articles are bettered by it."""
