"""What people bring, files, documents and drawings, -> one upright gray picture."""
