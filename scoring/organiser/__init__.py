"""What organisers enter about their check points on the day, and the reports on how the check was organised."""
