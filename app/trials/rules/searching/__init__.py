"""Search over public records, the pure part: how texts are written, what words mean, what is asked, what is indexed."""
