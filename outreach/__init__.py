"""Who is seen this week: eligibility, ranking, allocation, publishing."""
