"""The school's pages: choosing a provider, contracts, reports; and how contracts and cases are shown anywhere."""
