"""The tables of the report with their figures as numbers, before they are a workbook."""
