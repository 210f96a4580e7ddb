"""One file per chart or table of the report: what it shows (`*_section`), what is in it (`*_data`), how it is drawn (`*_chart`)."""
