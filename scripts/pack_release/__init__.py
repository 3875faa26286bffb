"""Packs what ./release has built: which files belong together, and the forms that they take."""
