"""What a consultation is allowed to do, and what its clock says: values in, values out."""
